import Commands
import Foundation
import Localization
import ServiceKit

/// The part of the login page that asks a security key. A browser can do that only by a script, so the form is hidden until the script shows it: without
/// one, the page is as if there were no keys.
struct KeyForm {
    let html: String

    /// Asks one of the person's keys.
    init(asking options: KeyRequestOptions, hidden: String, _ challenge: String, _ texts: Texts) {
        html = Self.form(options, hidden, challenge, texts, "<button>\(texts.html(.factorUseKey))</button>")
    }

    /// Asks for a new key.
    init(adding options: KeyCreationOptions, hidden: String, _ challenge: String, _ texts: Texts) {
        html = Self.form(
            options,
            hidden,
            challenge,
            texts,
            """
            <input type="hidden" name="step" value="enrolment"><p>\(texts.html(.enrolmentKey))</p>
            <label>\(texts.html(.enrolmentKeyName)) <input name="name" maxlength="60" required value="\(texts.html(.enrolmentKeyDefault))"></label>
            <button>\(texts.html(.enrolmentAddKey))</button>
            """
        )
    }

    private static func form(
        _ options: some Encodable,
        _ hidden: String,
        _ challenge: String,
        _ texts: Texts,
        _ fields: String
    ) -> String {
        // Its members are texts, numbers and lists of them.
        let json = (try? JSONWriter.write(options)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        // What the script says, by the names of the browser's errors.
        return """
            <form id="key" method="post" action="/auth/authorize" data-options="\(json.escapedForHTML)"
            data-not-allowed-error="\(texts.html(.keySilent))" data-invalid-state-error="\(texts.html(.keyKnown))"
            data-security-error="\(texts.html(.keyNotHere))" data-other="\(texts.html(.keyFailed))" hidden>\(hidden)
            <input type="hidden" name="challenge" value="\(challenge.escapedForHTML)"><input type="hidden" name="credential">\(fields)
            <p class="error" role="alert" hidden></p><p class="or">\(texts.html(.or))</p></form>
            """
    }

    /// Asks the key when the person says so, and sends its answer with the form, in the form of `PublicKeyCredential.toJSON()`, which older
    /// browsers do not have.
    static let script = #"""
        (() => {
            const form = document.getElementById("key");
            if (!form || !window.PublicKeyCredential) return;
            const bytes = (text) =>
                Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
            const text = (buffer) =>
                btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
                    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
            const options = JSON.parse(form.dataset.options);
            const isNew = "rp" in options;
            options.challenge = bytes(options.challenge);
            for (const key of isNew ? options.excludeCredentials : options.allowCredentials) key.id = bytes(key.id);
            if (isNew) options.user.id = bytes(options.user.id);
            const ask = () => (isNew
                ? navigator.credentials.create({ publicKey: options })
                : navigator.credentials.get({ publicKey: options }));
            const read = ({ response }) => {
                const parts = { clientDataJSON: text(response.clientDataJSON) };
                if (isNew) {
                    parts.attestationObject = text(response.attestationObject);
                    parts.transports = response.getTransports ? response.getTransports() : [];
                } else {
                    parts.authenticatorData = text(response.authenticatorData);
                    parts.signature = text(response.signature);
                    if (response.userHandle) parts.userHandle = text(response.userHandle);
                }
                return parts;
            };
            const [button, alert] = ["button", "[role=alert]"].map((name) => form.querySelector(name));
            form.addEventListener("submit", async (event) => {
                event.preventDefault();
                button.disabled = true;
                alert.hidden = true;
                try {
                    const key = await ask();
                    form.elements.credential.value = JSON.stringify({ id: text(key.rawId), type: key.type, response: read(key) });
                    form.submit();
                } catch (error) {
                    const { name } = error;
                    alert.textContent = form.dataset[name.charAt(0).toLowerCase() + name.slice(1)] || form.dataset.other;
                    alert.hidden = false;
                    button.disabled = false;
                }
            });
            form.hidden = false;
            // A field that has to be filled in again keeps the focus.
            if (!document.querySelector("[aria-invalid]")) button.focus();
        })();
        """#
}
