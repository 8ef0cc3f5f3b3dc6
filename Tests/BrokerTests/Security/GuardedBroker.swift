import Foundation
import Kafka
import LocalServers
import NIOSSL

@testable import Broker

/// A broker that requires a login, with its access file and certificates.
final class GuardedBroker {
    let files = FileManager.default.temporaryDirectory.appending(path: "dcmms-guarded-\(UUID().uuidString)")
    let process: BrokerProcess
    let authority: CertificateAuthority?

    static let password = "correct horse"

    /// - Parameters:
    ///   - users: all have the same password.
    ///   - usesTLS: with a certificate of its own authority.
    init(
        users: [String] = [],
        rules: String? = nil,
        iterations: Int = ScramVerifier.minimumIterations,
        usesTLS: Bool = false,
        asksForCertificates: Bool = false,
        _ more: [String] = []
    ) async throws {
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        var arguments = more
        if let rules {
            try Self.write(users: users, rules, iterations, to: files)
            arguments += ["--access", files.appending(path: "access").path]
        }
        if usesTLS {
            let authority = try await CertificateAuthority(in: files.appending(path: "ca"))
            let (certificate, key) = try await authority.issue("broker")
            arguments += ["--tls-certificate", certificate.path, "--tls-key", key.path]
            if asksForCertificates { arguments += ["--tls-client-ca", authority.certificate.path] }
            self.authority = authority
        } else {
            authority = nil
        }
        process = try await BrokerProcess(arguments)
    }

    deinit {
        try? FileManager.default.removeItem(at: files)
    }

    var port: Int { process.port }

    func write(users: [String], _ rules: String) throws {
        try Self.write(users: users, rules, ScramVerifier.minimumIterations, to: files)
    }

    private static func write(users: [String], _ rules: String, _ iterations: Int, to files: URL) throws {
        let lines = try users.map { user in
            let verifier = try ScramVerifier(password: Array(password.utf8), salt: .random(18), iterations: iterations)
            return "user \(user) \(verifier)\n"
        }
        try (lines.joined() + rules).write(to: files.appending(path: "access"), atomically: true, encoding: .utf8)
    }

    /// The settings for librdkafka.
    func settings(
        _ user: String,
        password: String = GuardedBroker.password,
        mechanism: String = "SCRAM-SHA-256"
    ) -> KafkaSettings {
        var settings = process.settings
        settings.properties["security.protocol"] = authority == nil ? "sasl_plaintext" : "sasl_ssl"
        settings.properties["ssl.ca.location"] = authority?.certificate.path
        settings.properties["sasl.mechanism"] = mechanism
        settings.properties["sasl.username"] = user
        settings.properties["sasl.password"] = password
        return settings
    }

    func tls(_ client: (certificate: URL, key: URL)? = nil) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authority?.certificate.path ?? "")
        configuration.certificateVerification = .noHostnameVerification
        if let client {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(client.certificate.path)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: client.key.path, format: .pem))
        }
        return configuration
    }
}
