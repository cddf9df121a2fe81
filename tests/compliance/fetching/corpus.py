"""Every spelling of an inner address that we know of; hosts as they stand in an address."""


def wide(text: str) -> str:
    """The text in the full-width forms of its letters, digits and dots."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


# Addresses as DNS may answer them.
INNER_V4 = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "127.0.0.1", "127.1.2.3", "127.255.255.255", "168.63.129.16",
    "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
INNER_V6 = [
    "::", "::1", "::127.0.0.1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:93.184.215.14",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::5db8:d70e",
    "64:ff9b:1::1", "64:ff9b:1:7f00:0:100::", "100::1", "2001::1", "2001:0:7f00:1::",
    "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:7f00:0001::1",
    "2002:a9fe:a9fe::", "2002:5db8:d70e::", "2607:f8b0::5efe:7f00:1",
    "2607:f8b0::200:5efe:10.0.0.1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fd12:3456:789a::1", "fe80::1", "fe80::5efe:7f00:1", "febf::1", "fec0::1",
    "fec0:0:0:ffff::1", "ff02::1", "ff05::2",
]  # fmt: skip

PUBLIC_ADDRESSES = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "93.184.215.14", "100.63.255.255",
    "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.1",
    "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1", "198.17.255.255",
    "198.20.0.1", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111",
    "2a00:1450:4010:c05::65", "2600::", "2001:200::1",
]  # fmt: skip

# Hosts that some program reads as an inner address, or that lead inside by their name.
ODD_HOSTS = [
    # Whole numbers, octal, hexadecimal, short and mixed forms, as inet_aton reads them.
    "2130706433", "017700000001", "0x7f000001", "0x7F000001", "0177.0.0.1", "0177.0.0.01",
    "00000177.0.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1", "127.1", "127.0.1",
    "127.0x1", "0177.1", "127.0.0.01", "127.000.000.001", "0", "0.0", "0x0", "00", "1", "0x",
    "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "169.254.43518",
    "169.16689662", "3232235521", "0300.0250.0.1", "10.1", "012.1", "4294967296", "127.0.0.1.",
    "127.0.0.1..", "127.1.", "2130706433.", "0x7f.1.", "256.256.256.256", "127.0.0.257",
    "1.2.3.4.5", "93.184.215.0xe",
    # Digits and dots of other scripts, which browsers map to these.
    wide("127.0.0.1"), wide("127.1"), wide("2130706433"), wide("0x7f.1"), wide("0177.0.0.1"),
    "127\u30020\u30020\u30021", "127\uff0e0\uff0e0\uff0e1", "127\uff610\uff610\uff611",
    "127.0.0.1\u3002", "①②⑦.⓪.⓪.①", "①②⑦.0.0.1", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "𝟭𝟮𝟳.0.0.1", "١٢٧.٠.٠.١",
    "१२७.०.०.१",
    # Names.
    "localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost..", "localhost.localdomain",
    "a.localhost", "a.b.localhost.", wide("localhost"), "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ˡocalhost",
    "\u017f.localhost",
    "localho\u017ft", "localhost\u3002", "a\u3002localhost", "metadata", "metadata.google.internal",
    "metadata.google.internal.", "instance-data.ec2.internal", "kubernetes.default.svc",
    "host.docker.internal", "x.internal", "X.INTERNAL", "printer.local", "router.lan",
    "nas.home", "gw.home.arpa", "1.0.0.127.in-addr.arpa", "db.intranet", "a.corp", "intranet",
    "postgres", "web", "x.localdomain", "a.private", "x.test", "a.invalid", "x.onion",
    # Brackets, zone ids, IPv6 in other notations.
    "[::1]", "[::1%25lo]", "[::1%lo]", "[fe80::1%25eth0]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:127.0.0.1]",
    "[::ffff:0x7f.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[fd00:ec2::254]", "[fc00::1]", "[fec0::1]", "[ff02::1]",
    "[::1].", "[::1]a", "[127.0.0.1]", "[localhost]", "[]", "[", "]", "[::1", "::1", "::1]",
    "[[::1]]", "[v1.x]",
    # Percent signs.
    "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "%6cocalhost", "127.0.0.1%00", "127.0.0.1%20",
    "%5B::1%5D", "127.0.0.1%2f@shop.example", "shop.example%2f@127.0.0.1", "%00", "%",
    # Credentials and what hides behind them.
    "aliexpress.com@127.0.0.1", "aliexpress.com:80@127.0.0.1", "a:b@127.0.0.1", "@127.0.0.1",
    "127.0.0.1@127.0.0.1", "shop.example@localhost", "@@localhost", "a@b@127.0.0.1",
    "aliexpress.com@[::1]", "127.0.0.1@shop.example", ":@shop.example",
    # Backslashes, spaces, tabs, line ends, marks that do not show.
    "127.0.0.1\\@shop.example", "shop.example\\@127.0.0.1", "shop.example\\.127.0.0.1",
    "\\127.0.0.1", "127.0.0.1\t", "\t127.0.0.1", "127.0\n.0.1", "127.0.0.1\r\n", "local\thost",
    "local\nhost", "shop.example\r\nHost: localhost", "127.0.0.1 ", " 127.0.0.1",
    "shop.example @127.0.0.1", "127.0.0.1\x00", "127.0.0.1\x00.shop.example", "local\u00adhost",
    "local\u200bhost", "local\u200dhost", "\ufefflocalhost", "127.0.0.1\u2028", "127\u3000.0.0.1",
    "loc\u202ealhost", "shop.example\ud800",
    # Ports that are none, or others.
    "shop.example:22", "shop.example:6379", "shop.example:0", "shop.example:65536",
    "shop.example:080800", "shop.example:+80", "shop.example:-1", "shop.example:80:80",
    "shop.example:", wide("shop.example:80"), "shop.example:0x50", "shop.example:80@127.0.0.1",
    "127.0.0.1:80", "127.0.0.1:443", "[::1]:80", "localhost:80", "localhost:443",
    # Not names.
    "", ".", "..", "-", "a..example", ".shop.example", "shop.example..", "*", "*.localhost",
    "sh,op.example", "shop_.ex$mple", "a" * 64 + ".example", "a." * 127 + "example",
    "xn--.example.1", "shop.1", "shop.0x1",
]  # fmt: skip

OTHER_SCHEMES = [
    "", "shop.example", "//127.0.0.1/", "/etc/passwd", "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1/", "ftp://shop.example/",
    "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1:11211/", "javascript:alert(1)",
    "data:text/html,x", "ws://shop.example/", "jar:http://127.0.0.1!/", "ldap://127.0.0.1/",
    "http:127.0.0.1", "http:/127.0.0.1/", "http:///127.0.0.1/", "https:////127.0.0.1",
    "http:\\\\127.0.0.1", "http://", "http://?", "http:///", "http://#", "HTTP://127.0.0.1/",
    "url:http://127.0.0.1/", "http://http://127.0.0.1/", " http://127.0.0.1/",
    "ht\ttp://127.0.0.1/", "http\u200b://127.0.0.1/", "http://shop.example/" + "a" * 2000,
    "///127.0.0.1/", "////127.0.0.1/", "//localhost", "//127.1:443/x", "https:///127.0.0.1",
    "netdoc:///etc/passwd", "tftp://127.0.0.1/", "sftp://127.0.0.1/", "unix:/run/redis.sock",
]  # fmt: skip
