import Crypto
import Foundation
public import HTTPTypes
public import Hummingbird

/// A small page of a daemon for a person: a login, or why something can't be done. It loads nothing and runs no script but its own, and its
/// policy makes the browser hold it to that.
public struct PlainPage: Sendable {
    public var title: String
    /// HTML. Texts from outside must be escaped (``Swift/String/escapedForHTML``).
    public var body: String
    public var status: HTTPResponse.Status
    /// A constant of the program, for what can't be done without: the policy allows it by its hash, and nothing else. The page must work without it.
    public var script: String?

    public init(_ title: String, body: String, status: HTTPResponse.Status = .ok, script: String? = nil) {
        self.title = title
        self.body = body
        self.status = status
        self.script = script
    }

    /// A page with one paragraph and perhaps a link.
    public init(_ title: String, says text: String, link: (text: String, path: String)?, status: HTTPResponse.Status) {
        let link = link.map {
            "<p><a class=\"button\" href=\"\($0.path.escapedForHTML)\">\($0.text.escapedForHTML)</a></p>"
        }
        self.init(
            title,
            body: "<h2>\(title.escapedForHTML)</h2><p>\(text.escapedForHTML)</p>\(link ?? "")",
            status: status
        )
    }

    /// The page as it goes to a browser. It is not kept in any cache.
    public func response() -> Response {
        let html = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(title.escapedForHTML) – dCMMS</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"><style>\(Self.style)</style></head>
            <body><main><h1>dCMMS</h1>\(body)</main>\(script.map { "<script>\($0)</script>" } ?? "")</body></html>
            """
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"]
        headers[.contentSecurityPolicy] = Self.policy + (script.map { "; script-src \(Self.source(of: $0))" } ?? "")
        // The address of a page of a login must not go to another site.
        headers[.referrerPolicy] = "same-origin"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// Forms lead back to us only.
    private static let policy =
        "default-src 'none'; style-src \(source(of: style)); form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// What allows a text that stands in the page, as it is (Content Security Policy, section 2.3.1).
    private static func source(of text: String) -> String {
        "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
    }

    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c2733;background:#f3f6f9}
        main{max-width:26rem;margin:4rem auto;padding:1.5rem 2rem 2rem;background:#fff;border-radius:10px;box-shadow:0 1px 6px #0002}
        h1{font-size:1rem;letter-spacing:.08em;color:#0b5cad;margin:0}h2{line-height:1.2;margin:.75rem 0}
        label{display:block;margin:.75rem 0}input{display:block;box-sizing:border-box;width:100%;font:inherit;padding:.6rem;
        border:1px solid #9aa8b5;border-radius:6px;background:inherit;color:inherit}
        button,.button{display:block;box-sizing:border-box;text-align:center;text-decoration:none;font:inherit;font-weight:600;width:100%;
        padding:.75rem;margin-top:1rem;border:0;border-radius:6px;background:#0b5cad;color:#fff;cursor:pointer}
        button.second{background:none;color:#0b5cad;border:1px solid}a{color:#0b5cad}
        button:disabled{opacity:.6;cursor:default}.or{text-align:center;color:#5b6b7a;margin:1rem 0 0}
        :focus-visible{outline:3px solid #7db8f0;outline-offset:2px}.error{color:#b3261e}.hint{color:#5b6b7a;font-size:.92em}
        hr{border:0;border-top:1px solid #d5dde5;margin:1.5rem 0}
        @media (max-width:30rem){main{margin:0;border-radius:0;min-height:100vh;box-sizing:border-box}}
        @media (prefers-color-scheme:dark){body{background:#0e1216;color:#dfe6ee}main{background:#1a2027}h1,a,button.second{color:#7db8f0}
        .error{color:#f08a80}.hint,.or{color:#97a6b5}hr{border-color:#33404d}}
        """
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
