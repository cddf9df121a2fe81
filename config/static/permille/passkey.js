// Passkeys: a form with data-passkey asks the browser for a credential and is then sent.
// "create" makes one, "get" shows one, "login" fetches its question first.
// The library's webauthn-json.js puts it into words that a form can carry.
"use strict";

(() => {
  const options = async (form) => {
    if (form.dataset.passkey === "login") {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return (await answer.json()).request_options;
    }
    const told = JSON.parse(document.getElementById(form.dataset.options).textContent);
    return told.creation_options || told.request_options;
  };

  const passwordless = (form, asked) => {
    const box = form.querySelector("[name=passwordless]");
    const wanted = asked.publicKey.authenticatorSelection;
    if (!box || !wanted) return;
    wanted.residentKey = box.checked ? "required" : "discouraged";
    wanted.requireResidentKey = box.checked;
    if (box.checked) wanted.userVerification = "required";
  };

  const credential = async (form) => {
    const asked = await options(form);
    if (form.dataset.passkey !== "create") return window.webauthnJSON.get(asked);
    passwordless(form, asked);
    return window.webauthnJSON.create(asked);
  };

  const send = async (event) => {
    const form = event.currentTarget;
    const field = form.querySelector("[name=credential]");
    event.preventDefault();
    try {
      field.value = JSON.stringify(await credential(form));
      form.submit();
    } catch {
      const told = form.querySelector("[role=alert][hidden]");
      if (told) told.hidden = false;
    }
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
})();
