import HTTPTypes
import Hummingbird
import ServiceLifecycle

extension Daemon {
    /// Answers while `body` waits for what the daemon needs to start: `/healthz` says that it lives, `/readyz` what is missing,
    /// everything else says that it is starting.
    func answering<Value: Sendable>(while body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let starting = try router(
            [],
            further: { router in
                for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
                    router.on("/**", method: method) { _, _ -> Response in
                        throw Problem(.serviceUnavailable, "starting", "the service is starting", retryAfter: 1)
                    }
                }
            }
        )
        let server = ServiceGroup(services: [server(starting)], logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask { try await body() }
            // A port in use ends the start, whatever is being waited for.
            guard case let value?? = try await group.next() else { throw CancellationError() }
            await server.triggerGracefulShutdown()
            _ = try await group.next()
            return value
        }
    }
}
