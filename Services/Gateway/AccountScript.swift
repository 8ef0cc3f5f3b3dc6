/// The script of the ``AccountPage``. It has no words of its own: they are in the page.
enum AccountScript {
    static let text = """
        "use strict";
        const link = location.hash.slice(1);
        const [kind, token] = link.split("=");
        // The link must not stay in the history.
        history.replaceState(null, "", location.pathname);
        const message = document.getElementById("message");
        const words = message.dataset;
        const forms = { invitation: "password", password_reset: "password", unlock: "unlock" };
        const form = document.getElementById(token ? forms[kind] ?? "ask" : "ask");
        form.hidden = false;
        if (kind === "password_reset") form.querySelector("h1").textContent = form.dataset.newTitle;
        form.querySelector("input")?.focus();

        // The page in another language is another page: it needs the link as well.
        document.querySelector("#languages form").addEventListener("submit", (event) => {
          event.preventDefault();
          location.assign("/account?language=" + event.submitter.value + (link && "#" + link));
        });

        function say(text, isError) {
          message.className = text && (isError ? "error" : "done");
          message.textContent = text;
        }

        // Marks the field that has to be filled in again, also for those who hear the page.
        function blame(name) {
          const field = form.elements[name];
          field.setAttribute("aria-invalid", "true");
          field.setAttribute("aria-describedby", "message");
          field.focus();
        }

        function forgive() {
          say("", false);
          for (const field of form.querySelectorAll("[aria-invalid]")) {
            field.removeAttribute("aria-invalid");
            field.setAttribute("aria-describedby", field.name === "password" ? "hint" : "");
          }
        }

        function end(text, isError) {
          form.hidden = true;
          say(text, isError);
          // What had the focus is gone.
          message.focus();
        }

        async function post(path, body) {
          const button = form.querySelector("button");
          button.disabled = true;
          try {
            const answer = await fetch("/api/v1/auth/" + path, {
              method: "POST",
              headers: { "Content-Type": "application/json" },
              body: JSON.stringify(body),
            });
            if (answer.ok) return end(form.dataset.done, false);
            const problem = await answer.json();
            const field = (problem.errors ?? [])[0]?.field;
            if (problem.code === "link_invalid") return end(words.link, true);
            say(problem.code === "weak_password" ? words.weak : answer.status === 429 ? words.tooMany : words.other, true);
            if (field && form.elements[field]) blame(field);
          } catch {
            say(words.offline, true);
          }
          button.disabled = false;
        }

        form.addEventListener("submit", (event) => {
          event.preventDefault();
          forgive();
          const fields = new FormData(form);
          if (form.id === "ask") {
            post("links", { email: fields.get("email"), purpose: fields.get("purpose") });
          } else if (form.id === "unlock") {
            post("unlock", { token });
          } else if (fields.get("password") !== fields.get("again")) {
            say(form.dataset.differ, true);
            blame("again");
          } else {
            post(kind === "invitation" ? "invitation" : "password/reset", { token, password: fields.get("password") });
          }
        });
        """
}
