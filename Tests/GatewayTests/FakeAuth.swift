import Commands
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import NIOCore
import Sealing
import ServiceKit
import Synchronization
import TestSupport

@testable import Gateway

/// Auth as the gateway's OAuth client sees it, for tests of the gateway alone.
final class FakeAuth: Sendable {
    struct State: Sendable {
        /// What it gives next.
        var accessToken = ""
        var refreshes = 0
        /// When it says that the session ends; `nil`: it is of a version that does not.
        var end: (at: Date, latest: Date)?
        var logouts: [String] = []
        var refreshStatus: HTTPResponse.Status = .ok
        var pause: Duration = .zero
        /// A refresh waits for it.
        var gate: Gate?
        var logoutURL: String?
        /// What a login at it is bound to.
        var challenge = ""
    }

    private let state = Mutex(State())
    private let keys: BrowserKeys

    init(keys: BrowserKeys) {
        self.keys = keys
    }

    static let code = "the-code"

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    var now: State { state.withLock { $0 } }

    /// It, and a service that records what reaches it.
    func router(_ seen: Seen) -> Router<BasicRequestContext> {
        let router = echo(seen)
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/auth/auth/authorize", method: method) { request, _ in
                seen.note(request)
                return "a step of a login"
            }
        }
        router.post("/auth/auth/providers/**") { request, _ in
            seen.note(request)
            _ = try await request.body.collect(upTo: 1 << 20)
            return "somebody came back"
        }
        router.post("/auth/auth/token") { request, _ in try await self.token(request) }
        router.post("/auth/api/v1/auth/refresh") { _, _ in
            let (state, number) = self.state.withLock { state in
                state.refreshes += 1
                return (state, state.refreshes)
            }
            try await Task.sleep(for: state.pause)
            await state.gate?.wait()
            return Self.json(
                [
                    "accessToken": .string(state.accessToken), "refreshToken": .string("refresh-\(number)"),
                    "expiresIn": 900, "sessionEndsAt": Self.text(state.end?.at),
                    "sessionEndsAtLatest": Self.text(state.end?.latest),
                ],
                state.refreshStatus
            )
        }
        router.post("/auth/api/v1/auth/logout") { request, _ in
            self.state.withLock { $0.logouts.append(request.headers[.authorization] ?? "") }
            return Response(status: .noContent)
        }
        router.get("/auth/api/v1/auth/me") { _, _ in
            Self.json(["email": "anna@sunfield.example", "roles": ["technician"]])
        }
        return router
    }

    private func token(_ request: Request) async throws -> Response {
        let body = String(buffer: try await request.body.collect(upTo: 1 << 16))
        let form = Dictionary(
            body.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts.last ?? "").removingPercentEncoding ?? "")
            }
        ) { $1 }
        let state = state.withLock { $0 }
        guard form["code"] == Self.code, form["client_id"] == BrowserKeys.client,
            keys.isClientSecret(form["client_secret"] ?? "", for: Self.code),
            form["redirect_uri"] == site + BrowserKeys.callback,
            ProofKey.challenge(of: form["code_verifier"] ?? "") == state.challenge
        else { return Self.json(["code": "invalid_grant", "detail": "no"], .badRequest) }
        return Self.json([
            "access_token": .string(state.accessToken), "refresh_token": "refresh-0", "expires_in": 900,
            "logout_uri": state.logoutURL.map(JSONValue.string) ?? .null,
            "session_ends_at": Self.text(state.end?.at), "session_ends_at_latest": Self.text(state.end?.latest),
        ])
    }

    private static func text(_ date: Date?) -> JSONValue { date.map { .string($0.rfc3339) } ?? .null }

    private static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: value.text()))
        )
    }
}

/// A gateway with browsers.
struct BrowsersUnderTest: Sendable {
    let gateway: GatewayUnderTest
    let auth: FakeAuth

    /// A browser that is logged in.
    ///
    /// - Parameter user: Whose requests are counted together, over all tests.
    func session(of user: UserID = .anna, expiresIn seconds: TimeInterval = 900, logout: String? = nil) async throws
        -> SessionName
    {
        let (name, now) = (SessionName(), gateway.browsers.now())
        let session = BrowserSession(
            accessToken: try await gateway.authority.token(user, of: .sunfield, roles: []),
            refreshToken: "refresh-0",
            expiresAt: now.addingTimeInterval(seconds),
            begunAt: now,
            logoutURL: logout
        )
        try await gateway.browsers.store.add(session, name, at: now)
        auth.change { $0.accessToken = session.accessToken }
        return name
    }

    /// Sends a request of a browser's page.
    func send(
        _ method: String,
        _ path: String,
        _ name: SessionName?,
        headers: [(String, String)] = []
    ) async throws -> Reply {
        let cookie = name.map { [("Cookie", "theme=dark; \(BrowserSessions.cookie.name)=\($0.text)")] } ?? []
        return try await gateway.send(method, path, token: "", headers: cookie + headers)
    }

    /// What a page of ours sends with a change.
    static func own(_ name: SessionName) -> [(String, String)] {
        [("X-CSRF-Token", name.token), ("Origin", site), ("Sec-Fetch-Site", "same-origin")]
    }
}

func withBrowsers(
    redis: String? = nil,
    keys: BrowserKeys = BrowserKeys(),
    perMinute: Int = 1000,
    now: @escaping @Sendable () -> Date = { Date() },
    _ body: @escaping @Sendable (BrowsersUnderTest) async throws -> Void
) async throws {
    let auth = FakeAuth(keys: keys)
    try await withGateway(
        perMinute: perMinute,
        redis: redis,
        keys: keys,
        now: now,
        service: { auth.router($0) }
    ) { gateway in
        try await body(BrowsersUnderTest(gateway: gateway, auth: auth))
    }
}
