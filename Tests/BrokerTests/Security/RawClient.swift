import Crypto
import CryptoExtras
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

@testable import Broker

/// A client that sends exactly what a test wants.
struct RawClient {
    private var answers: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    static func connect<Value>(
        _ port: Int,
        tls: TLSConfiguration? = nil,
        _ body: (inout RawClient) async throws -> Value
    ) async throws -> Value {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var client = RawClient(answers: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&client)
        }
    }

    /// The answer after its correlation id; nil if the connection was closed instead.
    mutating func ask(_ key: Int16, _ version: Int16, _ body: Body = Body()) async throws -> WireReader? {
        var frame = Body().int16(key).int16(version).int32(7).string(nil).buffer
        frame.writeImmutableBuffer(body.buffer)
        guard var answer = try await send(frame) else { return nil }
        answer.moveReaderIndex(forwardBy: 4)
        return WireReader(answer, isFlexible: false)
    }

    /// Sends the frame and reads one.
    mutating func send(_ frame: ByteBuffer) async throws -> ByteBuffer? {
        do {
            var message = ByteBuffer()
            message.writeInteger(Int32(frame.readableBytes))
            message.writeImmutableBuffer(frame)
            try await outbound.write(message)
            return try await next()
        } catch is IOError {
            return nil  // reset: closed as well
        } catch is ChannelError {
            return nil
        } catch let error where error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError {
            return nil
        }
    }

    /// The next frame, whatever request it answers.
    mutating func next() async throws -> ByteBuffer? {
        while true {
            if let length: Int32 = received.getInteger(at: received.readerIndex),
                received.readableBytes >= 4 + Int(length)
            {
                received.moveReaderIndex(forwardBy: 4)
                return received.readSlice(length: Int(length))
            }
            guard let part = try await answers.next(isolation: nil) else { return nil }
            received.writeImmutableBuffer(part)
        }
    }

    // MARK: - Logging in

    struct Answer: Equatable {
        var error: Int16
        var message: String?
        var token: String
    }

    mutating func handshake(_ mechanism: String, version: Int16 = 1) async throws -> Int16? {
        guard var answer = try await ask(17, version, Body().string(mechanism)) else { return nil }
        return try answer.read(Int16.self)
    }

    mutating func authenticate(_ token: String) async throws -> Answer? {
        guard var answer = try await ask(36, 0, Body().bytes(Array(token.utf8))) else { return nil }
        return Answer(
            error: try answer.read(),
            message: try answer.nullableString(),
            token: String(decoding: try answer.bytes(), as: UTF8.self)
        )
    }

    mutating func plain(_ user: String, _ password: String) async throws -> Answer? {
        guard try await handshake("PLAIN") == 0 else { return nil }
        return try await authenticate("\0\(user)\0\(password)")
    }

    /// The last message of a SCRAM login, computed as a client does (RFC 5802, section 3).
    ///
    /// - Parameter said: the nonce to send instead of the right one.
    static func scramFinal(
        _ user: String,
        _ password: String,
        nonce: String,
        serverFirst: String,
        saying said: String? = nil
    ) throws -> String {
        let fields = serverFirst.split(separator: ",").map { String($0.dropFirst(2)) }
        let salted = try KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.utf8),
            salt: Data(base64Encoded: fields[1]) ?? Data(),
            using: .sha256,
            outputByteCount: 32,
            unsafeUncheckedRounds: Int(fields[2]) ?? 1
        )
        let key = Data(HMAC<SHA256>.authenticationCode(for: Data("Client Key".utf8), using: salted))
        let bare = "c=biws,r=\(said ?? fields[0])"
        let signature = HMAC<SHA256>.authenticationCode(
            for: Data("n=\(user),r=\(nonce),\(serverFirst),\(bare)".utf8),
            using: SymmetricKey(data: Data(SHA256.hash(data: key)))
        )
        return "\(bare),p=\(Data(zip(key, signature).map { $0 ^ $1 }).base64EncodedString())"
    }

    mutating func login(_ mechanism: String, _ user: String, _ password: String) async throws -> Answer? {
        mechanism == "PLAIN" ? try await plain(user, password) : try await scram(user, password)
    }

    mutating func scram(_ user: String, _ password: String, nonce: String = "abc") async throws -> Answer? {
        guard try await handshake("SCRAM-SHA-256") == 0,
            let first = try await authenticate("n,,n=\(user),r=\(nonce)"), first.error == 0
        else { return nil }
        let final = try Self.scramFinal(user, password, nonce: nonce, serverFirst: first.token)
        return try await authenticate(final)
    }
}
