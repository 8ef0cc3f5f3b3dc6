import Crypto
import Foundation
public import HTTPTypes
public import Hummingbird
public import Localization

/// A small page of a daemon for a person: a login, or why something can't be done. It loads nothing and runs no script but its own, and its
/// policy makes the browser hold it to that.
public struct PlainPage: Sendable {
    public var title: String
    /// The one in which its texts are.
    public var language: Language
    /// HTML. Texts from outside must be escaped (``Swift/String/escapedForHTML``).
    public var body: String
    public var status: HTTPResponse.Status
    /// A constant of the program, for what can't be done without: the policy allows it by its hash, and nothing else. The page must work without it.
    public var script: String?
    /// Where the reader can choose another language.
    public var languages: LanguageMenu?

    public init(
        _ title: String,
        in language: Language,
        body: String,
        status: HTTPResponse.Status = .ok,
        script: String? = nil,
        languages: LanguageMenu? = nil
    ) {
        self.title = title
        self.language = language
        self.body = body
        self.status = status
        self.script = script
        self.languages = languages
    }

    /// A page with one paragraph and perhaps a link.
    public init(
        _ title: String,
        in language: Language,
        says text: String,
        link: (text: String, path: String)?,
        status: HTTPResponse.Status
    ) {
        let link = link.map {
            "<p><a class=\"button\" href=\"\($0.path.escapedForHTML)\">\($0.text.escapedForHTML)</a></p>"
        }
        self.init(
            title,
            in: language,
            body: "<h1>\(title.escapedForHTML)</h1><p>\(text.escapedForHTML)</p>\(link ?? "")",
            status: status
        )
    }

    /// The page as it goes to a browser. It is not kept in any cache.
    public func response() -> Response {
        let html = Self.html(
            title,
            in: language,
            style: "<style>\(PageStyle.css)</style>",
            languages: languages,
            body: body,
            script: script.map { "<script>\($0)</script>" } ?? ""
        )
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"]
        headers.add(language)
        headers[.contentSecurityPolicy] = Self.policy + (script.map { "; script-src \(Self.source(of: $0))" } ?? "")
        // The address of a page of a login must not go to another site.
        headers[.referrerPolicy] = "same-origin"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// What every page has around its body.
    ///
    /// - Parameters:
    ///   - style: The element with ``PageStyle/css``, or one that loads it.
    ///   - script: An element, too.
    public static func html(
        _ title: String,
        in language: Language,
        style: String,
        languages: LanguageMenu?,
        body: String,
        script: String
    ) -> String {
        """
        <!doctype html><html lang="\(language.rawValue)" dir="\(language.direction)"><head><meta charset="utf-8">
        <title>\(title.escapedForHTML) – dCMMS</title><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">\(style)</head>
        <body><header><span class="name">dCMMS</span>\(languages?.html(Texts(in: language)) ?? "")</header>
        <main>\(body)</main>\(script)</body></html>
        """
    }

    /// Fields of a form that nobody sees.
    public static func hidden(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value.escapedForHTML)\">" }.joined()
    }

    /// Forms lead back to us only.
    private static let policy =
        "default-src 'none'; style-src \(source(of: PageStyle.css)); form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// What allows a text that stands in the page, as it is (Content Security Policy, section 2.3.1).
    private static func source(of text: String) -> String {
        "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
    }
}

extension HTTPFields {
    /// The language of a page, and what it depends on.
    public mutating func add(_ language: Language) {
        self[.contentLanguage] = language.rawValue
        self[.vary] = "Accept-Language, Cookie"
    }
}

extension String {
    /// The text as HTML shows it, between tags or in a quoted attribute.
    public var escapedForHTML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}

extension HTTPField.Name {
    /// `Referrer-Policy`.
    public static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
