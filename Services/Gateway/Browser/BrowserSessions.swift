import Foundation
import HTTPTypes
import Hummingbird
import Sealing
import ServiceKit

/// Requests of browsers: from a cookie to the access token that the services expect.
struct BrowserSessions: Sendable {
    let store: BrowserStore
    let auth: AuthClient
    let site: CrossSite
    var now: @Sendable () -> Date = { Date() }

    static let cookie = HostCookie("dcmms_session")
    /// Between the beginning of a login and its end.
    static let loginCookie = HostCookie("dcmms_login")

    /// The session that a request names; `nil` if it names none.
    func name(in headers: HTTPFields) -> SessionName? {
        Self.cookie.value(in: headers).flatMap(SessionName.init)
    }

    /// The session of a request with a cookie, with an access token that is valid for some more time.
    ///
    /// - Throws: ``Problem``: 403 for a request of another site, 401 for a session that has ended, 503 while it can't be known.
    func session(
        of name: SessionName,
        _ request: Request,
        from address: String,
        _ context: DaemonContext
    ) async throws -> BrowserSession {
        try requireOwn(request, name)
        return try await forgettingEnded(context) { try await current(name, from: address, context) }
    }

    /// The browser need not send the name of a session that has ended any more.
    func forgettingEnded<Value>(_ context: DaemonContext, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let problem as Problem where problem.code == Problem.sessionEnded.code {
            context.answerHeaders[.setCookie] = Self.cookie.cleared
            throw problem
        }
    }

    /// - Throws: ``Problem`` 403 for a change that another site may have made the browser send, and for every request of a page of another
    ///   origin: what a tenant allows such pages, they do with a token.
    func requireOwn(_ request: Request, _ name: SessionName) throws {
        if CrossSite.isSafe(request.method), site.foreignOrigin(of: request) != nil {
            throw Problem(.forbidden, "cross_site", "a browser's session does not count for pages of another origin")
        }
        guard !CrossSite.isSafe(request.method), site.isForged(request.headers, token: name.token) else { return }
        throw Problem(
            .forbidden,
            "csrf",
            "a change with a browser's session needs the header X-CSRF-Token (from GET /auth/session), sent by a page of this site"
        )
    }

    /// A session with an access token that is valid for some more time.
    ///
    /// - Throws: ``Problem`` 401 ``Problem/sessionEnded``.
    func current(_ name: SessionName, from address: String, _ context: DaemonContext) async throws -> BrowserSession {
        guard let session = try await store.find(name) else { throw Problem.sessionEnded }
        guard session.isDue(at: now()) else { return session }
        return try await refreshed(name, from: address, context)
    }

    /// A session with new tokens: because the old ones expire, or because somebody asks for it.
    ///
    /// - Parameter token: The refresh token that is to be replaced, if nobody has yet; `nil`: whichever it is, if it is time.
    /// - Throws: ``Problem`` 401 ``Problem/sessionEnded``.
    func refreshed(
        _ name: SessionName,
        replacing token: String? = nil,
        from address: String,
        _ context: DaemonContext
    ) async throws -> BrowserSession {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let holder = try await store.lock(name) {
                let result = await Result { try await refresh(name, replacing: token, from: address, context) }
                await store.unlock(name, holder)
                return try result.get()
            }
            // Somebody else refreshes it. Until they are done, the old token is as good.
            guard let session = try await store.find(name) else { throw Problem.sessionEnded }
            if session.refreshToken != token, session.isUsable(at: now()) { return session }
            guard ContinuousClock.now < deadline else {
                throw Problem(.serviceUnavailable, "busy", "the session is being refreshed: try again", retryAfter: 1)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// How long to wait for somebody else's refresh: longer than a lock lasts.
    private static let patience: Duration = .seconds(8)

    private func refresh(
        _ name: SessionName,
        replacing token: String?,
        from address: String,
        _ context: DaemonContext
    ) async throws -> BrowserSession {
        // The one before may have done it.
        guard let session = try await store.find(name) else { throw Problem.sessionEnded }
        guard session.refreshToken == token || session.isDue(at: now()) else { return session }
        do {
            let tokens = try await auth.refresh(session.refreshToken, from: address, context)
            var renewed = session
            (renewed.accessToken, renewed.refreshToken) = (tokens.accessToken, tokens.refreshToken)
            renewed.expiresAt = now().addingTimeInterval(TimeInterval(tokens.expiresIn))
            renewed.ends(at: tokens.sessionEndsAt, latest: tokens.sessionEndsAtLatest, told: now())
            guard try await store.replace(renewed, name, at: now()) else { throw Problem.sessionEnded }
            return renewed
        } catch let problem as Problem {
            if problem.status == .unauthorized {
                try await store.remove(name)
                throw Problem.sessionEnded
            }
            // Auth is away or busy; the old token is valid for a while. Whoever asks for a new one is told.
            if token == nil, problem.status.kind == .serverError, session.isUsable(at: now()) { return session }
            throw problem
        }
    }
}

extension Problem {
    /// The browser's session has ended, or was never there.
    static let sessionEnded = Problem(.unauthorized, "session_ended", "the session has ended: log in again")
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
