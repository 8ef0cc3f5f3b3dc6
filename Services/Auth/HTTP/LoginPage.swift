import HTTPTypes
import ServiceKit

/// The page on which people of tenants without an identity provider log in. Only for security keys it has a script (``KeyForm``). It keeps nothing:
/// the request that it belongs to is in its form, and what was typed is not shown again, except the address.
struct LoginPage {
    /// What it asks for.
    enum Step: Hashable, Sendable {
        case password(email: String)
        /// A code of the person's app, or one of their keys; with what the first step gave.
        case secondFactor(challenge: String, hasApp: Bool, key: KeyRequestOptions?)
        /// A first code of a new app, or a new key, which a role requires; with the app's secret, which is shown once.
        case enrolment(challenge: String, secret: EnrolmentResponse?, key: KeyCreationOptions?)
        /// Nothing more: the codes for a lost device are shown, and then the login goes on.
        case recoveryCodes([String], next: String)
    }

    let request: Authorization
    var step = Step.password(email: "")
    /// Why the last attempt was refused.
    var refusal: Problem?

    var answer: BrowserAnswer {
        var headers = HTTPFields()
        if let seconds = refusal?.retryAfter { headers[.retryAfter] = "\(seconds)" }
        let page = PlainPage(
            "Log in",
            body: body,
            status: refusal?.status ?? .ok,
            script: keyForm == nil ? nil : KeyForm.script
        )
        return .page(page, headers: headers)
    }

    private var keyForm: KeyForm? {
        switch step {
        case .secondFactor(let challenge, _, let options?): KeyForm(asking: options, hidden: hidden, challenge)
        case .enrolment(let challenge, _, let options?): KeyForm(adding: options, hidden: hidden, challenge)
        default: nil
        }
    }

    private var body: String {
        let message =
            refusal.map { "<p class=\"error\" role=\"alert\">\(Self.words(for: $0).escapedForHTML)</p>" } ?? ""
        switch step {
        case .password(let email):
            let forTenant =
                request.tenant.map { "<p class=\"hint\">Organization: <b>\($0.escapedForHTML)</b></p>" } ?? ""
            return """
                <h2>Log in</h2>\(forTenant)\(message)<form method="post" action="/auth/authorize">\(hidden)
                <label>E-mail address <input name="email" type="email" value="\(email.escapedForHTML)" maxlength="254" required
                autocomplete="username"\(email.isEmpty ? " autofocus" : "")></label>
                <label>Password <input name="password" type="password" maxlength="200" required
                autocomplete="current-password"\(email.isEmpty ? "" : " autofocus")></label>
                <button>Log in</button></form><p><a href="/account">Can't log in?</a></p>\(request.tenant == nil ? organization : "")
                """
        case .secondFactor(let challenge, let hasApp, let key):
            return """
                <h2>One more step</h2>\(message)\(keyForm?.html ?? "")<form method="post" action="/auth/authorize">\(hidden)
                <input type="hidden" name="challenge" value="\(challenge.escapedForHTML)">
                <label>\(hasApp ? "Code from your authenticator app, or a recovery code" : "Recovery code")
                <input name="code" maxlength="64" required
                autocomplete="one-time-code" autocapitalize="none" spellcheck="false"\(key == nil ? " autofocus" : "")></label>
                <button\(key == nil ? "" : " class=\"second\"")>Continue</button></form><p><a href="/auth/login">Start again</a></p>
                """
        case .enrolment(let challenge, let secret, let key):
            let shown = secret.map { secret in
                """
                <p>Add this account to an authenticator app on your phone:
                <a href="\(secret.uri.escapedForHTML)">open the app</a>, or type this key into it.</p>
                <p><code>\(Self.groups(secret.secret).escapedForHTML)</code></p>
                """
            }
            return """
                <h2>Add a second factor</h2>\(message)\(secret == nil ? "" : "<p>One of your roles needs more than a password.</p>")
                \(keyForm?.html ?? "")\(shown ?? "")<form method="post" action="/auth/authorize">\(hidden)
                <input type="hidden" name="challenge" value="\(challenge.escapedForHTML)"><input type="hidden" name="step" value="enrolment">
                <label>The six digits that the app shows <input name="code" maxlength="64" required inputmode="numeric"
                autocomplete="one-time-code"\(key == nil ? " autofocus" : "")></label><button>Continue</button></form>
                <p><a href="/auth/login">Start again</a></p>
                """
        case .recoveryCodes(let codes, let next):
            let list = codes.map { "<li><code>\($0.escapedForHTML)</code></li>" }.joined()
            return """
                <h2>Keep these codes</h2><p>Each of them lets you in once if you lose your phone or your key. They are not shown again.</p><ul>\(list)</ul>
                <p><a class="button" href="\(next.escapedForHTML)">I have kept them: continue</a></p>
                """
        }
    }

    /// In groups of four, for typing.
    private static func groups(_ secret: String) -> String {
        var text = ""
        for (index, character) in secret.enumerated() {
            if index > 0, index % 4 == 0 { text += " " }
            text.append(character)
        }
        return text
    }

    /// For people whose organization has an identity provider.
    private var organization: String {
        """
        <hr><form method="post" action="/auth/authorize">\(hidden)
        <label>Does your organization have its own login? <input name="tenant" maxlength="200" required
        autocomplete="organization" placeholder="Name of the organization"></label>
        <button class="second">Log in there</button></form>
        """
    }

    private var hidden: String {
        var fields = [
            ("client_id", request.client), ("redirect_uri", request.redirect), ("state", request.state),
            ("code_challenge", request.challenge),
        ]
        if request.isFresh { fields.append(("prompt", "login")) }
        if let tenant = request.tenant { fields.append(("tenant", tenant)) }
        return fields.map { "<input type=\"hidden\" name=\"\($0)\" value=\"\($1.escapedForHTML)\">" }.joined()
    }

    /// What a refusal means for somebody who wants to log in.
    private static func words(for problem: Problem) -> String {
        switch problem.code {
        case "invalid_credentials": "The e-mail address or the password is wrong."
        case "locked":
            "Too many wrong passwords. Try again in \(minutes(problem.retryAfter)), or ask for a mail that unlocks your account."
        case "invalid_code", "wrong_code": "The code is wrong, or was used already."
        case "invalid_key", "key_refused": "The security key was not accepted. Try again, or use a code."
        case "key_taken": "This security key is registered already."
        case "challenge_invalid": "This took too long. Log in again."
        case "tenant_suspended": "Your organization is suspended. Ask its administrator."
        case "password_login_off":
            "Your organization has its own login. Enter the organization's name below, and log in there."
        default: problem.detail
        }
    }

    private static func minutes(_ seconds: Int?) -> String {
        let minutes = ((seconds ?? 60) + 59) / 60
        return minutes == 1 ? "a minute" : "\(minutes) minutes"
    }
}
