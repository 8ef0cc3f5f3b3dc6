import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identifiers
import Logging
import ServiceKit
import TestSupport
import Testing

/// The log line of each request.
@Suite struct AccessLogTests {
    @Test func theAccessLogNamesTheUserAndTheTenantButNoSecret() async throws {
        let authority = try await TestAuthority(roles: [:])
        let (user, lines) = (UserID.new(), Notes())
        let logger = Logger(label: "test") {
            JSONLogHandler(label: $0, level: .info) { lines.note(String(decoding: $0, as: UTF8.self)) }
        }
        let daemon = Daemon.forTests("test", authority, logger: logger)
        let router = try daemon.router(
            [],
            further: { router in
                router.get("/open") { _, _ in "open" }
                let routes = router.group().add(middleware: Authenticate(authority.authenticator))
                routes.get("/closed") { _, _ in "closed" }
                routes.get("/refused") { _, _ -> String in throw Problem.notFound("thing") }
            }
        )
        let token = try await authority.token(user, of: .sunfield, roles: [])
        try await Application(router: router, logger: logger).test(.router) { client in
            for path in ["/open?key=hush", "/closed", "/refused"] {
                _ = try await client.execute(uri: path, method: .get, headers: [.authorization: "Bearer \(token)"])
            }
            _ = try await client.execute(uri: "/closed", method: .get)
        }
        let requests = lines.all.filter { $0.contains(#""msg":"request""#) }
        #expect(requests.map { $0.contains(#""user":"\#(user)""#) } == [false, true, true, false])
        #expect(requests.map { $0.contains(#""user":"-""#) } == [true, false, false, true])
        #expect(requests.map { $0.contains(#""tenant":"\#(TenantID.sunfield)""#) } == [false, true, true, false])
        #expect(requests.allSatisfy { $0.contains(#""trace_id":""#) && $0.contains(#""request":""#) })
        for secret in [token, "hush"] { #expect(!lines.all.contains { $0.contains(secret) }) }
    }
}
