import HTTPTypes
import Hummingbird
import Localization
import ServiceKit

/// Where the links of mails lead: a page on which a person chooses a password, unlocks their account, or asks for such a link. The link's
/// secret stands behind `#`, so that it reaches no server but the API.
struct AccountPage: Sendable {
    /// Whether browsers come over TLS.
    let isSecure: Bool

    func add(to router: Router<DaemonContext>) {
        router.get("/account", use: page)
        router.get("/account/page.js") { _, _ in Self.answer(AccountScript.text, "text/javascript; charset=utf-8") }
        router.get("/account/page.css") { _, _ in Self.answer(PageStyle.css, "text/css; charset=utf-8") }
    }

    /// `?language=de` is what the reader has chosen on the page.
    @Sendable private func page(_ request: Request, _ context: DaemonContext) -> Response {
        let query = request.uri.queryParameters
        let chosen = query["language"].flatMap { Language(tag: $0) }
        let language = chosen ?? Language(of: request.headers, locales: query["ui_locales"].map(String.init))
        var response = Self.answer(Self.html(Texts(in: language)), "text/html; charset=utf-8")
        response.headers.add(language)
        response.headers[.setCookie] = chosen.map { LanguageCookie.setting($0, isSecure: isSecure) }
        return response
    }

    private static func answer(_ text: String, _ type: String) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache"]
        headers[.contentSecurityPolicy] = WebPolicy.contentSecurity
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// The least that a password has, which auth checks.
    private static let passwordLength = 12

    /// What the script says stands in the page, which is in the reader's language.
    private static func html(_ texts: Texts) -> String {
        let body = """
            <noscript><p>\(texts.html(.scriptNeeded))</p></noscript>
            <form id="password" data-new-title="\(texts.html(.accountPasswordNewTitle))" data-done="\(texts.html(.accountPasswordDone))"
            data-differ="\(texts.html(.accountErrorDiffer))" hidden>
            <h1>\(texts.html(.accountPasswordTitle))</h1>
            <label>\(texts.html(.loginPassword)) <input name="password" type="password" autocomplete="new-password"
            minlength="\(passwordLength)" maxlength="200" required dir="ltr" aria-describedby="hint"></label>
            <p class="hint" id="hint">\(texts.html(.accountPasswordHint, ["length": "\(passwordLength)"]))</p>
            <label>\(texts.html(.accountPasswordAgain)) <input name="again" type="password" autocomplete="new-password" maxlength="200"
            required dir="ltr"></label>
            <button>\(texts.html(.accountPasswordSubmit))</button>
            </form>
            <form id="unlock" data-done="\(texts.html(.accountUnlockDone))" hidden>
            <h1>\(texts.html(.accountUnlockTitle))</h1>
            <p>\(texts.html(.accountUnlockText))</p>
            <button>\(texts.html(.accountUnlockSubmit))</button>
            </form>
            <form id="ask" data-done="\(texts.html(.accountAskDone))" hidden>
            <h1>\(texts.html(.accountAskTitle))</h1>
            <label>\(texts.html(.loginEmail)) <input name="email" type="email" autocomplete="username" maxlength="254" required dir="ltr"></label>
            <fieldset><legend>\(texts.html(.accountAskQuestion))</legend>
            <label class="choice"><input type="radio" name="purpose" value="password_reset" checked> \(texts.html(.accountAskForgotten))</label>
            <label class="choice"><input type="radio" name="purpose" value="unlock"> \(texts.html(.accountAskLocked))</label></fieldset>
            <button>\(texts.html(.accountAskSubmit))</button>
            </form>
            <p id="message" role="alert" tabindex="-1" data-link="\(texts.html(.accountErrorLink))" data-weak="\(texts.html(.accountErrorWeak))"
            data-offline="\(texts.html(.accountErrorOffline))" data-too-many="\(texts.html(.accountErrorTooMany))"
            data-other="\(texts.html(.accountErrorOther))"></p>
            <p class="after" id="login"><a class="action" href="/auth/login">\(texts.html(.loginTitle))</a></p>
            """
        return PlainPage.html(
            texts(.accountTitle),
            in: texts.language,
            style: "<link rel=\"stylesheet\" href=\"/account/page.css\">",
            languages: LanguageMenu(at: "/account"),
            body: body,
            script: "<script src=\"/account/page.js\"></script>"
        )
    }
}
