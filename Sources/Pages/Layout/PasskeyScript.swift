// The script's part for passkeys: asks the portal for a question, the browser for its answer, and sends the form. Without this file, or in
// a browser without passkeys, the forms stay hidden and everything else works as it is.

extension Script {
    static let passkeys = #"""
    (() => {
      "use strict";
      const forms = [...document.querySelectorAll("form[data-passkey]")];
      if (!forms.length || !window.PublicKeyCredential || !navigator.credentials) return;
      document.querySelectorAll("[data-passkey-without]").forEach(words => { words.hidden = true; });
      const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
      const text = buffer => buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") : "";
      const keys = list => list.map(id => ({type: "public-key", id: bytes(id)}));
      const seconds = 300;

      // What is known of why it failed, in words; the browser's own are for developers.
      const words = error => {
        if (error.told) return error.told;
        switch (error.name) {
          case "NotAllowedError": return "It was cancelled or took too long, or there is no passkey on this device. Press the button to try again.";
          case "InvalidStateError": return "This device has a passkey of yours already.";
          case "SecurityError": return "The browser allows no passkeys at this address. Open the portal by its own name, with a certificate the browser trusts.";
          case "NotSupportedError": return "This device cannot make the kind of passkey that is needed. Try another, or a security key.";
          default: return "That did not work. Try again, or use your password.";
        }
      };

      const question = async (form, use) => {
        const answer = await fetch("/passkeys/question", {method: "POST", headers: {Accept: "application/json"}, body: new URLSearchParams({form_token: form.elements.form_token.value, for: use})});
        // Something else comes first: signing in, or proving who one is.
        if (answer.redirected) { location.assign(answer.url); return null; }
        const asked = await answer.json();
        if (!answer.ok) throw Object.assign(new Error(asked.code), {told: [asked.detail, asked.hint].join(" ")});
        return asked;
      };

      const make = asked => navigator.credentials.create({publicKey: {
        challenge: bytes(asked.challenge), rp: {id: asked.site, name: "Fitech"}, user: {id: bytes(asked.handle), name: asked.email, displayName: asked.name || asked.email},
        pubKeyCredParams: asked.algorithms.map(alg => ({type: "public-key", alg})), excludeCredentials: keys(asked.credentials), attestation: "none", timeout: seconds * 1000,
        authenticatorSelection: {residentKey: "required", requireResidentKey: true, userVerification: "required"},
      }});
      const get = asked => navigator.credentials.get({publicKey: {
        challenge: bytes(asked.challenge), rpId: asked.site, allowCredentials: keys(asked.credentials), userVerification: "required", timeout: seconds * 1000,
      }});

      for (const form of forms) {
        const use = form.dataset.passkey, said = form.querySelector("[role=status]"), button = form.querySelector("button");
        let isReady = false;
        form.hidden = false;
        window.addEventListener("pageshow", () => { isReady = false; });
        form.addEventListener("submit", async event => {
          if (isReady) return;
          event.preventDefault();
          event.stopPropagation();
          if (button.disabled) return;
          button.disabled = true;
          said.textContent = "Your browser or device asks you now.";
          try {
            const asked = await question(form, use);
            if (!asked) return;
            const made = await (use === "add" ? make(asked) : get(asked)), answer = made.response;
            const filled = form.elements;
            filled.credential.value = text(made.rawId);
            filled.client_data.value = text(answer.clientDataJSON);
            filled.authenticator_data.value = text(use === "add" ? answer.getAuthenticatorData() : answer.authenticatorData);
            filled.signature.value = text(answer.signature);
            filled.handle.value = text(answer.userHandle);
            said.textContent = "";
            button.disabled = false;
            isReady = true;
            form.requestSubmit();
          } catch (error) {
            said.textContent = words(error);
            button.disabled = false;
          }
        });
      }
    })();
    """#
}
