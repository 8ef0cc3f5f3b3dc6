import Logging
import NIOCore
import NIOSSL

/// A client's channel and its session.
struct Connection: Sendable {
    let accepted: AcceptedChannel<ByteBuffer, ByteBuffer>
    let session: Session
    let memory: RequestMemory
}

extension Node {
    /// Prepares a connection that was accepted a moment ago.
    func greet(_ channel: any Channel, _ memory: RequestMemory, _ guests: Doorkeeper.Guests) throws -> Connection {
        let pipeline = channel.pipeline.syncOperations
        let isOpen = security.tls == nil && !security.asksForLogin
        let session = Session(
            peer: channel.remoteAddress?.ipAddress ?? "",
            isEncrypted: security.tls != nil,
            login: isOpen ? .over : .none
        )
        try pipeline.addHandlers(
            IdleStateHandler(allTimeout: .milliseconds(settings.limits.idleConnection)),
            Doorkeeper(guests, logger: logger)
        )
        if let context = security.tls { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
        try pipeline.addHandler(ByteToMessageHandler(FrameDecoder(session: session, memory: memory)))
        // A client that does not log in must not keep its connection.
        if !session.isAdmitted {
            let limit = channel.eventLoop.assumeIsolated().scheduleTask(in: settings.loginTimeout) { [logger] in
                guard !session.isAdmitted else { return }
                logger.warning("no login in time; connection closed", metadata: ["peer": "\(session.peer)"])
                channel.close(promise: nil)
            }
            channel.closeFuture.whenComplete { _ in limit.cancel() }
        }
        // Only one request is read ahead, not ten: each can be large.
        let accepted = try AcceptedChannel<ByteBuffer, ByteBuffer>(
            channel,
            .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1))
        )
        return Connection(accepted: accepted, session: session, memory: memory)
    }

    /// Serves one connection to its end: requests one after the other, answered in order, as Kafka does.
    func serve(_ connection: Connection) async {
        let (channel, session) = (connection.accepted.channelToServe(), connection.session)
        let host = session.peer
        counters.connections += 1
        // Bytes that the client may not have read yet: when a write returns, the answers before it have been sent.
        var unread = 0
        defer {
            counters.connections -= 1
            unreadAnswers -= unread
            connection.memory.release(session.waitingBytes, of: session)
        }
        do {
            try await channel.executeThenClose { inbound, outbound in
                for try await frame in inbound {
                    connection.memory.release(frame.readableBytes, of: session)
                    if !session.isAdmitted { try identify(session, by: channel.channel) }
                    if let answer = try await answer(frame, from: session) {
                        let before = unread
                        unread += answer.readableBytes
                        unreadAnswers += answer.readableBytes
                        try await outbound.write(answer)
                        unread -= before
                        unreadAnswers -= before
                    }
                    if session.ends { break }
                }
            }
        } catch let error as WireReader.Malformed {
            logger.warning(
                "malformed request; connection closed",
                metadata: ["peer": "\(host)", "in": "\(error.what)"]
            )
        } catch let error as UnknownRequest {
            logger.warning(
                "unsupported request; connection closed",
                metadata: ["peer": "\(host)", "api": "\(error.key)", "version": "\(error.version)"]
            )
        } catch let error as NotAllowed {
            logger.warning(
                "connection closed",
                metadata: ["peer": "\(host)", "user": "\(session.user)", "reason": "\(error.reason)"]
            )
        } catch let error where error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            // For a known client this says little: it is also the error when a client closes without TLS's closing message.
            let level: Logger.Level = session.isAdmitted ? .debug : .warning
            logger.log(level: level, "TLS failed", metadata: ["peer": "\(host)", "reason": "\(error)"])
        } catch {
            logger.debug("connection ended", metadata: ["peer": "\(host)", "reason": "\(error)"])
        }
    }

    private struct UnknownRequest: Error {
        let key: Int16
        let version: Int16
    }

    private struct NotAllowed: Error {
        let reason: String
    }

    /// Once the TLS handshake is over, with the first frame, the certificate is known.
    private func identify(_ session: Session, by channel: any Channel) throws {
        if security.asksForCertificate {
            let certificate = try channel.pipeline.syncOperations.nioSSL_peerCertificate()
            guard let name = certificate?.commonName else {
                throw NotAllowed(reason: "the certificate has no single common name")
            }
            session.admit(name)
        } else if !security.asksForLogin {
            session.admit(Session.anonymous)
        }
    }

    private func answer(_ frame: ByteBuffer, from session: Session) async throws -> ByteBuffer? {
        if session.isRaw { return try await answerRaw(frame, session) }
        if let verifier = session.verifier, security.access?.verifiers[session.user] != verifier {
            throw NotAllowed(reason: "the login was withdrawn")
        }
        var rest = frame
        let header = try Request.Header(&rest)
        var buffer = ByteBuffer()
        buffer.writeInteger(Int32(0))  // the length, known at the end
        buffer.writeInteger(header.correlationID)

        guard session.isAdmitted || API.forStrangers.contains(header.key) else {
            throw NotAllowed(reason: "a request before the login")
        }
        guard let api = API.byKey[header.key], api.versions.contains(header.version) else {
            guard header.key == 18 else { throw UnknownRequest(key: header.key, version: header.version) }
            var response = WireWriter(buffer, isFlexible: false)
            writeAPIVersions(.unsupportedVersion, 0, &response)
            return response.framed()
        }
        let request = try Request(api, header, rest: rest, session: session)
        var response = WireWriter(buffer, isFlexible: api.isFlexible(header.version))
        // The answer to ApiVersions has the old header in all versions: its client does not know our versions yet.
        if header.key != 18 { response.tags() }
        counters.requests += 1
        try await api.handle(self, request, &response)
        guard !response.isTooLarge else { throw WireReader.Malformed(what: "\(api.name): asks for too much at once") }
        try await flushWritten()
        if response.isDiscarded { return nil }
        return response.framed()
    }

    /// A login's message without a header, as SaslHandshake 0 announces it. The answer has no field for an error.
    private func answerRaw(_ frame: ByteBuffer, _ session: Session) async throws -> ByteBuffer? {
        guard let token = try? await authenticate(Array(frame.readableBytesView), session) else {
            throw NotAllowed(reason: "login refused")
        }
        var response = WireWriter(isFlexible: false)
        response.bytes(token)
        return response.buffer
    }
}
