import HTTPTypes
import Hummingbird
import Localization
import ServiceKit

/// Shows a refusal in the middle of a login as a page, in plain words: people see it, not programs.
struct BrowserProblems: RouterMiddleware {
    typealias Context = DaemonContext

    func handle(
        _ request: Request,
        context: DaemonContext,
        next: @concurrent (Request, DaemonContext) async throws -> Response
    ) async throws -> Response {
        guard request.headers[.accept]?.lowercased().contains("text/html") == true else {
            return try await next(request, context)
        }
        let locales = request.uri.queryParameters["ui_locales"].map(String.init)
        let texts = Texts(in: Language(of: request.headers, locales: locales))
        do {
            let response = try await next(request, context)
            guard response.headers[.contentType]?.hasPrefix("application/problem+json") == true else { return response }
            return Self.page(response.status, texts, retryAfter: response.headers[.retryAfter])
        } catch let error as any ProblemConvertible {
            let problem = error.problem
            return Self.page(problem.status, texts, retryAfter: problem.retryAfter.map { "\($0)" })
        }
    }

    private static func page(_ status: HTTPResponse.Status, _ texts: Texts, retryAfter: String?) -> Response {
        let (title, text) = words(for: status)
        let link = (text: texts(.loginTitle), path: "/auth/login")
        var page = PlainPage(texts(title), in: texts.language, says: texts(text), link: link, status: status).response()
        page.headers[.retryAfter] = retryAfter
        return page
    }

    static func words(for status: HTTPResponse.Status) -> (title: TextKey, text: TextKey) {
        switch status {
        case .unauthorized: (.refusalUnauthorizedTitle, .refusalUnauthorizedText)
        case .forbidden: (.refusalForbiddenTitle, .refusalForbiddenText)
        case .notFound: (.refusalNotFoundTitle, .refusalNotFoundText)
        case .tooManyRequests: (.refusalTooManyTitle, .refusalTooManyText)
        case .serviceUnavailable, .badGateway: (.refusalAwayTitle, .refusalAwayText)
        case .gatewayTimeout: (.refusalLateTitle, .refusalLateText)
        case let status where status.kind == .serverError: (.refusalFailedTitle, .refusalFailedText)
        default: (.refusalOtherTitle, .refusalOtherText)
        }
    }
}
