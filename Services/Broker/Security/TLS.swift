import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// The listener's certificate, and the authority whose certificates it accepts.
struct TLSFiles: Sendable, Equatable {
    var certificate: String
    var key: String
    /// The authority that signs the certificates that clients must show.
    var clientCA: String?

    struct Unusable: Error, CustomStringConvertible {
        let file: String
        let reason: any Error

        var description: String { "\(file) cannot be used for TLS: \(reason)" }
    }

    func context() throws(Unusable) -> NIOSSLContext {
        let chain = try reading(certificate) { try NIOSSLCertificate.fromPEMFile(certificate) }
        let privateKey = try reading(key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv12
        // A client that does not answer any more must not delay the broker's stop.
        configuration.shutdownTimeout = .seconds(1)
        if let clientCA {
            let authorities = try reading(clientCA) { try NIOSSLCertificate.fromPEMFile(clientCA) }
            configuration.trustRoots = .certificates(authorities)
            // A client's certificate is required; the client's host does not matter.
            configuration.certificateVerification = .noHostnameVerification
        }
        return try reading(key) { try NIOSSLContext(configuration: configuration) }
    }

    private func reading<Value>(_ file: String, _ body: () throws -> Value) throws(Unusable) -> Value {
        do {
            return try body()
        } catch {
            throw Unusable(file: file, reason: error)
        }
    }
}

extension NIOSSLCertificate {
    /// The subject's common name; nil when there is none, or more than one.
    var commonName: String? {
        guard let bytes = try? toDERBytes(), let certificate = try? Certificate(derEncoded: bytes) else { return nil }
        let names = certificate.subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
        guard names.count == 1 else { return nil }
        return String(names[0].value)
    }
}
