import Commands
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Sealing
import ServiceKit

/// `/auth`: how browsers log in, learn who they are, and log out. Their tokens stay here.
struct BrowserRoutes: Sendable {
    let ingress: Ingress

    private var sessions: BrowserSessions { ingress.browsers }

    func add(to router: Router<DaemonContext>) {
        let pages = router.group().add(middleware: BrowserProblems())
        pages.get("/auth/login", use: logIn)
        pages.get("/auth/callback", use: comeBack)
        router.get("/auth/session", use: session)
        router.post("/auth/session", use: stay)
        router.post("/auth/logout", use: logOut)
        // The steps of a login that are auth's.
        for method in [HTTPRequest.Method.get, .post] { pages.on("/auth/**", method: method, use: ingress.step) }
    }

    // MARK: - Login

    /// `?tenant=` names the organization whose people log in, `?return_to=` the page that they want to see. With `?prompt=login` they prove anew
    /// who they are, also at a provider where their browser is logged in: for what asks for it (`step_up_required`). `?ui_locales=` are the
    /// languages that they read.
    @Sendable private func logIn(_ request: Request, _ context: DaemonContext) async throws -> Response {
        try await ingress.admitStranger(request, .read, context)
        let query = request.uri.queryParameters
        let login = BrowserLogin(
            state: SessionName().text,
            verifier: ProofKey.newVerifier(),
            returnTo: ReturnPath.checked(query["return_to"].map(String.init)),
            begunAt: sessions.now()
        )
        let sealed = try sessions.auth.keys.sessions.sealText(try JSONWriter.text(login), for: Self.loginContext)
        let tenant = query["tenant"].map(String.init).flatMap { $0.isEmpty ? nil : $0 }
        var response = Response.seeOther(
            sessions.auth.authorizeURL(
                login,
                tenant: tenant,
                isFresh: query["prompt"] == "login",
                locales: query["ui_locales"].map(String.init)
            )
        )
        let seconds = Int(BrowserLogin.lifetime)
        response.headers[.setCookie] = BrowserSessions.loginCookie.setting(sealed, seconds: seconds)
        return response
    }

    private static let loginContext = "login"

    @Sendable private func comeBack(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let address = try await ingress.admitStranger(request, .signIn, context)
        let query = request.uri.queryParameters
        let now = sessions.now()
        guard let code = query["code"].map(String.init), let state = query["state"].map(String.init),
            let login = login(in: request.headers), login.isAnswered(by: state, at: now)
        else {
            throw Problem(.badRequest, "login_expired", "this login was not begun here, or took too long")
        }
        let given = try await sessions.auth.exchange(code, login, from: address, context)
        var session = BrowserSession(
            accessToken: given.accessToken,
            refreshToken: given.refreshToken,
            expiresAt: now.addingTimeInterval(TimeInterval(given.expiresIn)),
            begunAt: now,
            logoutURL: given.logoutUri
        )
        session.ends(at: given.sessionEndsAt, latest: given.sessionEndsAtLatest, told: now)
        // Never the one that the browser had: somebody else could have put it there.
        let name = SessionName()
        try await sessions.store.add(session, name, at: now)
        if let old = sessions.name(in: request.headers) { _ = try? await end(old, from: address, context) }
        var response = Response.seeOther(login.returnTo)
        let cookies = [
            BrowserSessions.cookie.setting(name.text, seconds: Int(BrowserSession.lifetime)),
            BrowserSessions.loginCookie.cleared,
        ]
        response.headers[values: .setCookie] = cookies
        return response
    }

    private func login(in headers: HTTPFields) -> BrowserLogin? {
        guard let sealed = BrowserSessions.loginCookie.value(in: headers),
            let text = try? sessions.auth.keys.sessions.openText(sealed, for: Self.loginContext)
        else { return nil }
        return try? JSONReader.decode(BrowserLogin.self, from: text.utf8)
    }

    // MARK: - Session

    /// Who is logged in, what changes need besides the cookie, and when the session ends: `endsAt` if nobody uses it, `endsAtLatest` in any case.
    @Sendable private func session(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let (name, address) = (try name(of: request), ingress.address(of: request, context))
        let session = try await enter(name, request, .read, from: address, context)
        return try await answer(name, session, from: address, context)
    }

    /// Puts the end of the session off now, and not only when its access token is due: for somebody who was told that it ends soon.
    @Sendable private func stay(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let (name, address) = (try name(of: request), ingress.address(of: request, context))
        let before = try await sessions.store.find(name)
        var session = try await enter(name, request, .write, from: address, context)
        // It may have been due, as for every request.
        if session.refreshToken == before?.refreshToken {
            session = try await sessions.forgettingEnded(context) { [session] in
                try await sessions.refreshed(name, replacing: session.refreshToken, from: address, context)
            }
        }
        return try await answer(name, session, from: address, context)
    }

    private func name(of request: Request) throws -> SessionName {
        guard let name = sessions.name(in: request.headers) else { throw Problem.sessionEnded }
        return name
    }

    private func enter(
        _ name: SessionName,
        _ request: Request,
        _ kind: RouteClass,
        from address: String,
        _ context: DaemonContext
    ) async throws -> BrowserSession {
        let session = try await sessions.session(of: name, request, from: address, context)
        try await ingress.admit(session.accessToken, kind, from: address, context)
        return session
    }

    private func answer(
        _ name: SessionName,
        _ session: BrowserSession,
        from address: String,
        _ context: DaemonContext
    ) async throws -> Response {
        let user = try await sessions.auth.me(session.accessToken, from: address, context)
        func text(_ date: Date?) -> JSONValue { date.map { .string($0.rfc3339) } ?? .null }
        return Self.json([
            "csrfToken": .string(name.token), "user": user,
            "endsAt": text(session.endsAt), "endsAtLatest": text(session.endsAtLatest),
        ])
    }

    /// Ends the session everywhere. The answer says where the browser goes to log out at the identity provider as well.
    @Sendable private func logOut(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let address = try await ingress.admitStranger(request, .write, context)
        var url: String?
        if let name = sessions.name(in: request.headers) {
            // Another site must not log people out either.
            try sessions.requireOwn(request, name)
            url = try await end(name, from: address, context)
        }
        context.answerHeaders[.setCookie] = BrowserSessions.cookie.cleared
        return Self.json(["logoutUrl": url.map(JSONValue.string) ?? .null])
    }

    /// Ends a session. Auth is told if it can be; without the record, nobody has the tokens any more.
    ///
    /// - Returns: Where the browser goes to log out at the identity provider as well.
    /// - Throws: ``Problem`` 503 while Redis is away: the session has not ended then.
    @discardableResult
    private func end(_ name: SessionName, from address: String, _ context: DaemonContext) async throws -> String? {
        let stored = try await sessions.store.find(name)
        // A token that has expired ends nothing.
        let session = (try? await sessions.current(name, from: address, context)) ?? stored
        if let session { try? await sessions.auth.logOut(session.accessToken, from: address, context) }
        try await sessions.store.remove(name)
        return session?.logoutURL
    }

    private static func json(_ value: JSONValue) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: value.text()))
        )
    }
}
