import HTTPTypes
import Localization
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
    let language: Language
    var step = Step.password(email: "")
    /// Why the last attempt was refused.
    var refusal: Problem?
    var cookies: [String] = []

    private var texts: Texts { Texts(in: language) }
    private var fault: LoginFault? { refusal.map { LoginFault($0, texts) } }

    var answer: BrowserAnswer {
        var headers = HTTPFields()
        if let seconds = refusal?.retryAfter { headers[.retryAfter] = "\(seconds)" }
        let page = PlainPage(
            title,
            in: language,
            body: "<h1>\(title.escapedForHTML)</h1>\(fault?.html ?? "")\(body)",
            status: refusal?.status ?? .ok,
            script: keyForm == nil ? nil : KeyForm.script,
            languages: menu
        )
        return .page(page, headers: headers, cookies: cookies)
    }

    private var title: String {
        switch step {
        case .password: texts(.loginTitle)
        case .secondFactor: texts(.factorTitle)
        case .enrolment: texts(.enrolmentTitle)
        case .recoveryCodes: texts(.codesTitle)
        }
    }

    /// Only where nothing is lost by it: whoever chooses a language gets the page anew.
    private var menu: LanguageMenu? {
        guard case .password = step else { return nil }
        let fields = request.fields + [("response_type", "code"), ("code_challenge_method", "S256")]
        return LanguageMenu(at: "/auth/authorize", fields)
    }

    private var keyForm: KeyForm? {
        switch step {
        case .secondFactor(let challenge, _, let options?):
            KeyForm(asking: options, hidden: hidden, challenge, texts)
        case .enrolment(let challenge, _, let options?):
            KeyForm(adding: options, hidden: hidden, challenge, texts)
        default: nil
        }
    }

    private var body: String {
        switch step {
        case .password(let email): passwordForm(email)
        case .secondFactor(let challenge, let hasApp, let key):
            """
            \(keyForm?.html ?? "")<form method="post" action="/auth/authorize">\(hidden)\(Self.hidden(challenge))
            <label>\(texts.html(hasApp ? .factorCode : .factorRecovery))
            <input name="code" maxlength="64" required dir="ltr" autocomplete="one-time-code" autocapitalize="none"
            spellcheck="false"\(mark(.code))\(focus(key == nil || fault?.field == .code))></label>
            <button\(key == nil ? "" : " class=\"second\"")>\(texts.html(.continue))</button></form>\(restart)
            """
        case .enrolment(let challenge, let secret, let key):
            """
            \(secret == nil ? "" : "<p>\(texts.html(.enrolmentReason))</p>")\(keyForm?.html ?? "")\(secret.map(shown) ?? "")
            <form method="post" action="/auth/authorize">\(hidden)\(Self.hidden(challenge))<input type="hidden" name="step" value="enrolment">
            <label>\(texts.html(.enrolmentCode)) <input name="code" maxlength="64" required dir="ltr" inputmode="numeric"
            autocomplete="one-time-code"\(mark(.code))\(focus(key == nil || fault?.field == .code))></label>
            <button\(key == nil ? "" : " class=\"second\"")>\(texts.html(.continue))</button></form>\(restart)
            """
        case .recoveryCodes(let codes, let next):
            """
            <p>\(texts.html(.codesText))</p><ul>\(codes.map { "<li><code>\($0.escapedForHTML)</code></li>" }.joined())</ul>
            <p><a class="button" href="\(next.escapedForHTML)">\(texts.html(.codesContinue))</a></p>
            """
        }
    }

    private func passwordForm(_ email: String) -> String {
        let forTenant = request.tenant.map {
            "<p class=\"hint\">\(texts.html(.loginOrganization, ["name": $0]))</p>"
        }
        let isElsewhere = fault?.field == .organization
        return """
            \(forTenant ?? "")<form method="post" action="/auth/authorize">\(hidden)
            <label>\(texts.html(.loginEmail)) <input name="email" type="email" value="\(email.escapedForHTML)" maxlength="254" required
            dir="ltr" autocomplete="username"\(mark(.password))\(focus(email.isEmpty && !isElsewhere))></label>
            <label>\(texts.html(.loginPassword)) <input name="password" type="password" maxlength="200" required dir="ltr"
            autocomplete="current-password"\(mark(.password))\(focus(!email.isEmpty && !isElsewhere))></label>
            <button>\(texts.html(.loginTitle))</button></form>
            <p class="after"><a class="action" href="/account">\(texts.html(.loginHelp))</a></p>\(request.tenant == nil ? organization : "")
            """
    }

    /// For people whose organization has an identity provider.
    private var organization: String {
        """
        <hr><form method="post" action="/auth/authorize">\(hidden)
        <label>\(texts.html(.loginOwnLogin)) <input name="tenant" maxlength="200" required autocomplete="organization"
        placeholder="\(texts.html(.loginOrganizationName))"\(mark(.organization))\(focus(fault?.field == .organization))></label>
        <button class="second">\(texts.html(.loginOwnLoginSubmit))</button></form>
        """
    }

    /// How the key gets into the app.
    private func shown(_ secret: EnrolmentResponse) -> String {
        """
        <p>\(texts.html(.enrolmentApp))</p><p><code>\(Self.groups(secret.secret).escapedForHTML)</code></p>
        <p><a class="action" href="\(secret.uri.escapedForHTML)">\(texts.html(.enrolmentOpenApp))</a></p>
        """
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

    private var restart: String {
        "<p class=\"after\"><a class=\"action\" href=\"/auth/login\">\(texts.html(.factorRestart))</a></p>"
    }

    /// Tells the field that the refusal is about, also to those who hear the page.
    private func mark(_ field: LoginFault.Field) -> String {
        fault?.field == field ? " aria-invalid=\"true\" aria-describedby=\"\(LoginFault.id)\"" : ""
    }

    private func focus(_ isWanted: Bool) -> String { isWanted ? " autofocus" : "" }

    private var hidden: String { PlainPage.hidden(request.fields) }

    private static func hidden(_ challenge: String) -> String { PlainPage.hidden([("challenge", challenge)]) }
}

extension Authorization {
    /// It, as a form carries it on.
    fileprivate var fields: [(name: String, value: String)] {
        var fields = [
            (name: "client_id", value: client), ("redirect_uri", redirect), ("state", state),
            ("code_challenge", challenge),
        ]
        if isFresh { fields.append(("prompt", "login")) }
        if let tenant { fields.append(("tenant", tenant)) }
        if let locales { fields.append(("ui_locales", locales)) }
        return fields
    }
}
