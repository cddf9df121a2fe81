-- The key of a prefix with its person, and whether the key's publisher is blocked now.
SELECT /* columns of k and u */,
       EXISTS (
           SELECT FROM publishers_accountblock b
            WHERE b.publisher_id = k.publisher_id AND b.valid_to IS NULL
       )
  FROM publishers_apikey k
  JOIN publishers_user u ON u.id = k.user_id
 WHERE k.prefix = %s
