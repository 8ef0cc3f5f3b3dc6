public import HTTPTypes
public import Hummingbird

/// What a route for browsers (``Route/Option/forBrowsers``) answers: a page, or where to go on.
public struct BrowserAnswer: Answer {
    public static func content() -> AnswerContent { .text("text/html") }

    private let made: Response

    private init(made: Response, cookies: [String]) {
        var made = made
        for cookie in cookies { made.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        self.made = made
    }

    /// - Parameter cookies: Values of `Set-Cookie`.
    public static func page(_ page: PlainPage, headers: HTTPFields = [:], cookies: [String] = []) -> BrowserAnswer {
        var response = page.response()
        for field in headers { response.headers[field.name] = field.value }
        return BrowserAnswer(made: response, cookies: cookies)
    }

    /// The browser goes on with a GET, whatever it sent (303).
    public static func seeOther(_ location: String, cookies: [String] = []) -> BrowserAnswer {
        BrowserAnswer(made: .seeOther(location), cookies: cookies)
    }

    public func encoded() throws -> EncodedAnswer {
        throw Problem(.internalServerError, "internal", "a page can't be stored")
    }

    public func response() -> Response { made }
}

extension Response {
    /// The browser goes on with a GET, whatever it sent (303). What is in the address is not kept, and not told to the next site.
    public static func seeOther(_ location: String) -> Response {
        Response(
            status: .seeOther,
            headers: [.location: location, .cacheControl: "no-store", .referrerPolicy: "no-referrer"],
            body: .init()
        )
    }
}
