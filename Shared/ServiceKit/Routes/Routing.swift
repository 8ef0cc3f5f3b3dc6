import HTTPTypes
import Hummingbird
import NIOCore

extension Router where Context == DaemonContext {
    /// Adds routes, and the refusal of every other method at their paths.
    func add(
        _ routes: [Route],
        _ authenticator: Authenticator,
        _ answers: (any AnswerStore)?,
        _ access: AccessLog
    ) {
        let authenticated = group().add(middleware: Authenticate(authenticator))
        for route in routes {
            let path = RouterPath(route.fullPath.replacing("{", with: ":").replacing("}", with: ""))
            let handle: @Sendable (Request, DaemonContext) async throws -> Response = { request, context in
                try await route.recording(access, request, context) {
                    try await withinTimeLeft(request) { try await route.run(request, context, answers) }
                }
            }
            if route.access == .open {
                on(path, method: route.method, use: handle)
            } else {
                authenticated.on(path, method: route.method, use: handle)
            }
        }
        for (path, routes) in Dictionary(grouping: routes, by: \.fullPath) {
            let allowed = routes.map(\.method.rawValue).sorted().joined(separator: ", ")
            let refuse: @Sendable (Request, DaemonContext) throws -> Response = { _, _ in
                var problem = Problem(.methodNotAllowed, "method_not_allowed", "this path allows only \(allowed)")
                problem.allow = allowed
                throw problem
            }
            let path = RouterPath(path.replacing("{", with: ":").replacing("}", with: ""))
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete]
            where !routes.contains(where: { $0.method == method }) {
                on(path, method: method) { try refuse($0, $1) }
            }
        }
    }
}

extension Route {
    /// Handles a request, and records it if it is refused for want of a permission, or reads something sensitive.
    fileprivate func recording(
        _ access: AccessLog,
        _ request: Request,
        _ context: DaemonContext,
        _ handle: () async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await handle()
            if isSensitive { access.read(request.uri.path, context) }
            return response
        } catch let error as any ProblemConvertible {
            let problem = error.problem
            if problem.status == .forbidden { access.refused(problem, "\(method) \(fullPath)", context) }
            throw error
        }
    }
}
