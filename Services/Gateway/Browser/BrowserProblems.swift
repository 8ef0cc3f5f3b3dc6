import HTTPTypes
import Hummingbird
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
        do {
            let response = try await next(request, context)
            guard response.headers[.contentType]?.hasPrefix("application/problem+json") == true else { return response }
            return Self.page(response.status, retryAfter: response.headers[.retryAfter])
        } catch let error as any ProblemConvertible {
            let problem = error.problem
            return Self.page(problem.status, retryAfter: problem.retryAfter.map { "\($0)" })
        }
    }

    private static func page(_ status: HTTPResponse.Status, retryAfter: String?) -> Response {
        let (title, text) = words(for: status)
        var page = PlainPage(title, says: text, link: ("Log in", "/auth/login"), status: status).response()
        page.headers[.retryAfter] = retryAfter
        return page
    }

    private static func words(for status: HTTPResponse.Status) -> (title: String, text: String) {
        switch status {
        case .unauthorized: ("You are not logged in", "The login was refused. Try it again, or ask your administrator.")
        case .forbidden:
            (
                "You can't log in",
                "Your account or your organization is not allowed to log in here. Ask your administrator."
            )
        case .notFound: ("There is nothing here", "This address leads nowhere.")
        case .tooManyRequests:
            ("Too many attempts", "There were too many logins from here. Wait a minute, and try again.")
        case .serviceUnavailable, .badGateway:
            ("Try again in a moment", "The login can't be reached at the moment. This usually passes by itself.")
        case .gatewayTimeout: ("This takes too long", "The login did not answer in time. Try again in a moment.")
        case let status where status.kind == .serverError:
            ("Something went wrong", "The login has failed for a reason that lies with us. Try again in a moment.")
        default: ("This login can't go on", "It took too long, or was begun somewhere else. Start again.")
        }
    }
}
