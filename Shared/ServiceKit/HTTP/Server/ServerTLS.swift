public import Foundation
public import Logging
import NIOCore
import NIOPosix
import NIOSSL
public import ServiceLifecycle
import Synchronization

/// A server's certificate, which is read again when its files change: a new connection gets the new one, and no other is disturbed.
public final class ServerTLS: Service {
    private struct Identity: Sendable {
        var chain: [NIOSSLCertificateSource]
        var key: NIOSSLPrivateKeySource
        var expiry: Date
        /// The files as they were read.
        var files: [Data]
    }

    private let certificate: String
    private let key: String
    private let interval: Duration
    private let logger: Logger
    private let identity: Mutex<Identity>
    private let trouble = Mutex<String?>(nil)

    /// - Parameters:
    ///   - certificate: The file with the certificate, and with those between it and its authority (PEM).
    ///   - key: The file with its private key (PEM).
    ///   - interval: How often the files are looked at.
    /// - Throws: ``ConfigurationError`` when they can't be read or do not belong together.
    public init(certificate: String, key: String, interval: Duration = .seconds(10), logger: Logger) throws {
        (self.certificate, self.key, self.interval, self.logger) = (certificate, key, interval, logger)
        do {
            identity = Mutex(try Self.read(certificate, key))
        } catch {
            throw ConfigurationError("the certificate \(certificate) with the key \(key) can't be used: \(error)")
        }
    }

    /// When the present certificate expires.
    public var expiry: Date { identity.withLock { $0.expiry } }

    /// - Throws: ``NotReady`` while the files hold nothing that can be used: the certificate of before is still in use.
    public func check() throws {
        if let trouble = trouble.withLock({ $0 }) { throw NotReady(trouble) }
    }

    /// TLS 1.2 and 1.3, with the certificate of the moment of each handshake.
    func configuration() -> TLSConfiguration {
        let now = identity.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: now.chain, privateKey: now.key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.sslContextCallback = { [self] _, promise in
            let identity = self.identity.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = identity.chain
            override.privateKey = identity.key
            promise.succeed(override)
        }
        return configuration
    }

    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: self.interval)
                await self.look()
            }
        }
    }

    private func look() async {
        let (certificate, key, known) = (certificate, key, identity.withLock { $0.files })
        do {
            // The disk can be slow, and the threads of tasks are few.
            let new = try await NIOThreadPool.singleton.runIfActive { () throws -> Identity? in
                try Self.files(certificate, key) == known ? nil : Self.read(certificate, key)
            }
            trouble.withLock { $0 = nil }
            guard let new else { return }
            identity.withLock { $0 = new }
            logger.notice("the certificate was renewed", metadata: ["expires": "\(new.expiry)"])
        } catch {
            // A file may be half written; the next look will show it.
            let text = "\(certificate) or \(key) can't be used: \(error)"
            let isNew = trouble.withLock { trouble in
                defer { trouble = text }
                return trouble != text
            }
            if isNew { logger.error("the certificate was not renewed", metadata: ["error": "\(text)"]) }
        }
    }

    private static func files(_ certificate: String, _ key: String) throws -> [Data] {
        try [certificate, key].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    }

    private static func read(_ certificate: String, _ key: String) throws -> Identity {
        let files = try files(certificate, key)
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(files[0]))
        guard let first = chain.first else { throw NotReady("there is no certificate") }
        let sources = chain.map { NIOSSLCertificateSource.certificate($0) }
        let privateKey = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(bytes: Array(files[1]), format: .pem))
        // A key of another certificate is refused here.
        _ = try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: sources, privateKey: privateKey)
        )
        let expiry = Date(timeIntervalSince1970: TimeInterval(first.notValidAfter))
        return Identity(chain: sources, key: privateKey, expiry: expiry, files: files)
    }
}
