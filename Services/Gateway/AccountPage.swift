import HTTPTypes
import Hummingbird
import ServiceKit

/// Where the links of mails lead: a page on which a person chooses a password, unlocks their account, or asks for such a link. The link's
/// secret stands behind `#`, so that it reaches no server but the API.
enum AccountPage {
    static func add(to router: Router<DaemonContext>) {
        router.get("/account") { _, _ in answer(page, "text/html; charset=utf-8") }
        router.get("/account/page.js") { _, _ in answer(script, "text/javascript; charset=utf-8") }
        router.get("/account/page.css") { _, _ in answer(style, "text/css; charset=utf-8") }
    }

    private static func answer(_ text: String, _ type: String) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache"]
        headers[.contentSecurityPolicy] = WebPolicy.contentSecurity
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let page = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Your account – dCMMS</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="/account/page.css"></head><body><main>
        <h1>dCMMS</h1>
        <noscript><p>This page needs JavaScript.</p></noscript>
        <form id="password" hidden>
        <h2 id="title">Choose a password</h2>
        <p id="hint">At least 12 characters. A sentence is easy to remember.</p>
        <label>Password <input name="password" type="password" autocomplete="new-password" minlength="12" maxlength="200" required></label>
        <label>Once more <input name="again" type="password" autocomplete="new-password" maxlength="200" required></label>
        <button>Save the password</button>
        </form>
        <form id="unlock" hidden>
        <h2>Unlock your account</h2>
        <p>After too many wrong passwords, logins to your account are refused for some time.</p>
        <button>Allow logins again</button>
        </form>
        <form id="ask" hidden>
        <h2>You can't log in?</h2>
        <label>E-mail address <input name="email" type="email" autocomplete="username" maxlength="254" required></label>
        <fieldset><legend>What happened?</legend>
        <label class="choice"><input type="radio" name="purpose" value="password_reset" checked> I have forgotten my password</label>
        <label class="choice"><input type="radio" name="purpose" value="unlock"> I typed wrong passwords too often</label></fieldset>
        <button>Send me a mail with a link</button>
        </form>
        <p id="message" role="status" aria-live="polite"></p>
        </main><script src="/account/page.js"></script></body></html>
        """

    private static let script = """
        "use strict";
        const [kind, token] = location.hash.slice(1).split("=");
        // The link must not stay in the history.
        history.replaceState(null, "", location.pathname);
        const message = document.getElementById("message");
        const forms = { invitation: "password", password_reset: "password", unlock: "unlock" };
        const form = document.getElementById(token ? forms[kind] ?? "ask" : "ask");
        form.hidden = false;
        if (kind === "password_reset") document.getElementById("title").textContent = "Choose a new password";

        function say(text, isError) {
          message.textContent = text;
          message.className = isError ? "error" : "done";
        }

        async function post(path, body, done) {
          const button = form.querySelector("button");
          button.disabled = true;
          say("", false);
          try {
            const answer = await fetch("/api/v1/auth/" + path, {
              method: "POST",
              headers: { "Content-Type": "application/json" },
              body: JSON.stringify(body),
            });
            if (answer.ok) {
              form.hidden = true;
              return say(done, false);
            }
            const problem = await answer.json();
            const field = (problem.errors ?? [])[0];
            if (problem.code === "link_invalid") {
              form.hidden = true;
              say("This link is not valid any more: it was used, replaced, or is too old. Ask for a new one.", true);
            } else {
              say(field ? field.field + " " + field.message : problem.detail, true);
            }
          } catch {
            say("The server could not be reached. Try again.", true);
          }
          button.disabled = false;
        }

        form.addEventListener("submit", (event) => {
          event.preventDefault();
          const fields = new FormData(form);
          if (form.id === "ask") {
            const body = { email: fields.get("email"), purpose: fields.get("purpose") };
            post("links", body, "If there is such an account, a mail with a link is on its way. It is valid for 30 minutes.");
          } else if (form.id === "unlock") {
            post("unlock", { token }, "Done. You can log in again.");
          } else if (fields.get("password") !== fields.get("again")) {
            say("The two passwords differ.", true);
          } else {
            const path = kind === "invitation" ? "invitation" : "password/reset";
            post(path, { token, password: fields.get("password") }, "Your password is saved. You can log in with it.");
          }
        });
        """

    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c2733;background:#f3f6f9}
        main{max-width:26rem;margin:4rem auto;padding:1.5rem 2rem 2rem;background:#fff;border-radius:10px;box-shadow:0 1px 6px #0002}
        h1{font-size:1rem;letter-spacing:.08em;color:#0b5cad;margin:0}h2{line-height:1.2;margin:.75rem 0}
        label{display:block;margin:.75rem 0}input:not([type=radio]){display:block;box-sizing:border-box;width:100%;font:inherit;padding:.6rem;
        border:1px solid #9aa8b5;border-radius:6px;background:inherit;color:inherit}
        fieldset{border:0;padding:0;margin:1rem 0}legend{padding:0}.choice{margin:.4rem 0;min-height:1.75rem}
        button{font:inherit;font-weight:600;width:100%;padding:.75rem;border:0;border-radius:6px;background:#0b5cad;color:#fff;cursor:pointer}
        button:disabled{opacity:.6}:focus-visible{outline:3px solid #7db8f0;outline-offset:2px}
        #message:empty{display:none}.error{color:#b3261e}.done{color:#0a6b3d}[hidden]{display:none}
        @media (max-width:30rem){main{margin:0;border-radius:0;min-height:100vh;box-sizing:border-box}}
        @media (prefers-color-scheme:dark){body{background:#0e1216;color:#dfe6ee}main{background:#1a2027}h1{color:#7db8f0}
        .error{color:#f08a80}.done{color:#6fcf97}}
        """
}
