public import Foundation

/// A certificate authority of the local stack's own, for MQTT over TLS.
public struct CertificateAuthority: Sendable {
    private let directory: URL

    /// The authority's certificate, which servers and clients trust.
    public var certificate: URL { directory.appending(path: "ca.crt") }

    /// Opens the authority in `directory`, or founds it.
    public init(in directory: URL) async throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        guard !FileManager.default.fileExists(atPath: certificate.path) else { return }
        try await Tool.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "3650", "-subj", "/CN=dCMMS local", "-keyout", directory.appending(path: "ca.key").path, "-out",
            certificate.path,
        ])
    }

    /// A certificate and its key for `commonName`; made once and kept.
    public func issue(_ commonName: String) async throws -> (certificate: URL, key: URL) {
        let certificate = directory.appending(path: "\(commonName).crt")
        let key = directory.appending(path: "\(commonName).key")
        guard !FileManager.default.fileExists(atPath: certificate.path) else { return (certificate, key) }
        let request = directory.appending(path: "\(commonName).csr")
        try await Tool.run([
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=\(commonName)", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key.path, "-out",
            request.path,
        ])
        try await Tool.run([
            "openssl", "x509", "-req", "-in", request.path, "-CA", self.certificate.path, "-CAkey",
            directory.appending(path: "ca.key").path, "-CAcreateserial", "-days", "3650", "-copy_extensions", "copyall",
            "-out", certificate.path,
        ])
        try? FileManager.default.removeItem(at: request)
        return (certificate, key)
    }
}
