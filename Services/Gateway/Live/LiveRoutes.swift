import Commands
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import ServiceKit

/// What clients follow events with: `/ws` (WebSocket) and `/api/v1/live` (server-sent events).
struct LiveRoutes: Sendable {
    let ingress: Ingress
    let hub: LiveHub
    var now: @Sendable () -> Date = { Date() }

    func add(to router: Router<DaemonContext>) {
        router.get("/ws", use: socket)
        router.get("/api/v1/live", use: stream)
        router.on("/api/v1/live", method: .options) { request, _ in
            ingress.origins.preflight(request, methods: ["GET"])
        }
    }

    // MARK: - WebSocket

    @Sendable private func socket(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let handshake = try await context.handshake(request)
        try requireOwnOrigin(request)
        let (principal, credential) = try await enter(request, context)
        // What is asked for in the query is followed at once.
        let wanted = request.uri.queryParameters.isEmpty ? nil : try subscription(request, principal)
        let seat = try hub.enter(principal)
        let hub = hub
        return try await context.accept(handshake) { socket in
            guard let loop = socket.eventLoop else {
                return .init(text: { _ in }, drained: {}, stops: {}, closed: {})
            }
            let shard = hub.shard(of: loop)
            let subscriber = Subscriber(SocketOutlet(socket), seat, credential, principal, turn: hub.turn())
            shard.add(subscriber)
            if let (sight, cursor) = wanted { shard.subscribe(subscriber, sight, from: cursor) }
            return .init(
                text: { shard.received($0, subscriber) },
                drained: { shard.drained(subscriber) },
                stops: { shard.end(subscriber, .restarting) },
                closed: { shard.remove(subscriber) }
            )
        }
    }

    /// A page of another origin must not speak with the cookies of whoever looks at it: for a WebSocket, a browser asks nobody before
    /// (RFC 6455, section 10.2). Clients that are no browsers send no origin.
    private func requireOwnOrigin(_ request: Request) throws {
        guard let origin = request.headers[.origin] else { return }
        let host = origin.split(separator: "://", maxSplits: 1).last.map { $0.lowercased() }
        guard origin.contains("://"), let own = request.head.authority?.lowercased(), host == own else {
            throw Problem(.forbidden, "origin_refused", "pages of another origin can't connect")
        }
    }

    // MARK: - Server-sent events

    @Sendable private func stream(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let (principal, credential) = try await enter(request, context)
        try ingress.origins.requireOrigin(of: request, for: principal.tenant, context)
        let (sight, cursor) = try subscription(request, principal)
        let seat = try hub.enter(principal)
        let shard = hub.shard(of: NIOSingletons.posixEventLoopGroup.next())
        let outlet = StreamOutlet()
        let subscriber = Subscriber(outlet, seat, credential, principal, turn: hub.turn())
        outlet.onDrained { shard.loop.execute { shard.drained(subscriber) } }
        shard.loop.execute {
            shard.add(subscriber)
            // After how long a browser comes back.
            outlet.write(ByteBuffer(string: "retry: 2000\n\n"))
            shard.subscribe(subscriber, sight, from: cursor)
        }
        // The answer may never begin, or be read no more.
        let end: @Sendable () -> Void = {
            outlet.end()
            shard.loop.execute { shard.remove(subscriber) }
        }
        context.channel.closeFuture.whenComplete { _ in end() }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                // A proxy must not gather what should be seen at once.
                .init("X-Accel-Buffering")!: "no",
            ],
            body: ResponseBody { writer in
                defer { end() }
                while let bytes = await outlet.next() { try await writer.write(bytes) }
                try await writer.finish(nil)
            }
        )
    }

    // MARK: - Both

    private func enter(
        _ request: Request,
        _ context: DaemonContext
    ) async throws -> (Principal, Authenticator.Credential) {
        let address = ingress.proxies.client(peer: context.remoteAddress, forwarded: request.headers[.forwardedFor])
        let token = try await ingress.token(of: request, from: address, context)
        let principal = try await ingress.identify(token, from: address, at: now(), context)
        context.caller = principal
        try await ingress.admit(ingress.limits.callers(.read, principal), context)
        return (principal, try await ingress.authenticator.credential(token, at: now()))
    }

    private func subscription(_ request: Request, _ principal: Principal) throws -> (Sight, LiveCursor?) {
        // A browser returns the id of the last event that it got.
        let last = request.headers[.lastEventID]
        let wanted = try LiveRequest.subscription { name in
            if name == "cursor", let last { return last }
            return request.uri.queryParameters[Substring(name)].map(String.init)
        }
        guard case .subscribe(let filter, let cursor) = wanted else { throw Problem.noRoute }
        return try Self.subscription(filter, cursor, principal)
    }

    /// - Throws: ``Problem`` 403 that names the permission without which a kind can't be followed; 400 for a malformed cursor.
    static func subscription(
        _ filter: LiveFilter,
        _ cursor: String?,
        _ principal: Principal
    ) throws -> (Sight, LiveCursor?) {
        let sight = Sight(
            tenant: principal.tenant,
            user: principal.user,
            filter: filter,
            authority: principal.authority
        )
        for kind in sight.forbidden { try principal.require(kind.permission) }
        let parsed = cursor.flatMap { LiveCursor($0) }
        if cursor != nil, parsed == nil {
            throw Problem.field("cursor", FieldRule(code: "unknown_cursor", "must be one that was sent before"))
        }
        return (sight, parsed)
    }
}

extension LiveShard {
    /// How many messages a client can send in a minute. Few are ever needed.
    private static let messages = 60

    /// A client says something over its WebSocket.
    func received(_ text: String, _ subscriber: Subscriber) {
        if .now() - subscriber.minute > .minutes(1) { (subscriber.said, subscriber.minute) = (0, .now()) }
        subscriber.said += 1
        guard subscriber.said <= Self.messages else { return end(subscriber, .tooMuch) }
        do {
            switch try LiveRequest(message: text.utf8) {
            case .token(let token): renew(subscriber, token)
            case .subscribe(let filter, let cursor):
                if case .replaying = subscriber.stage {
                    throw Problem(.conflict, "replay_running", "what was asked for before is still being sent")
                }
                let principal = try hub.authenticator.principal(of: subscriber.credential, at: Date())
                let (sight, place) = try LiveRoutes.subscription(filter, cursor, principal)
                subscribe(subscriber, sight, from: place)
            }
        } catch let error as any ProblemConvertible {
            tell(subscriber, LiveText.error(error.problem))
        } catch {
            end(subscriber, .tryLater)
        }
    }

    /// The same person goes on with another token.
    private func renew(_ subscriber: Subscriber, _ token: String) {
        let (hub, loop) = (hub, loop)
        Task {
            let result: Result<Authenticator.Credential, any Error>
            do {
                let new = try await hub.authenticator.credential(token, at: Date())
                let principal = try hub.authenticator.principal(of: new, at: Date())
                guard (principal.user, principal.tenant) == (subscriber.principal.user, subscriber.principal.tenant)
                else {
                    throw Problem(.forbidden, "token_of_another", "the token must be of the same user")
                }
                result = .success(new)
            } catch {
                result = .failure(error)
            }
            loop.execute {
                switch result {
                case .success(let new):
                    subscriber.credential = new
                    self.tell(subscriber, LiveText.token(until: new.expiry))
                    self.review(subscriber, at: Date())
                case .failure(let error as any ProblemConvertible): self.tell(subscriber, LiveText.error(error.problem))
                case .failure: self.end(subscriber, .tryLater)
                }
            }
        }
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
