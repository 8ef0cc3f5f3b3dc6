public import Foundation

/// A certificate authority of the local stack's own, for MQTT over TLS.
public struct CertificateAuthority: Sendable {
    private let directory: URL

    /// The authority's certificate, which servers and clients trust.
    public var certificate: URL { directory.appending(path: "ca.crt") }

    /// Opens the authority in `directory`, or creates it.
    public init(in directory: URL) async throws {
        self.directory = directory
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        guard !FileManager.default.fileExists(atPath: certificate.path) else { return }
        try await make(certificate) { unfinished in
            ["req", "-x509", "-days", "3650", "-subj", "/CN=dCMMS local", "-out", unfinished]
                + Self.newKey(directory.appending(path: "ca.key"))
        }
    }

    /// A certificate and its key for `commonName`; made once and kept.
    public func issue(_ commonName: String) async throws -> (certificate: URL, key: URL) {
        let certificate = directory.appending(path: "\(commonName).crt")
        let key = directory.appending(path: "\(commonName).key")
        guard !FileManager.default.fileExists(atPath: certificate.path) else { return (certificate, key) }
        let request = directory.appending(path: "\(commonName).csr")
        defer { try? FileManager.default.removeItem(at: request) }
        try await Tool.run(
            ["openssl", "req", "-subj", "/CN=\(commonName)", "-out", request.path]
                + ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"] + Self.newKey(key)
        )
        try await make(certificate) { unfinished in
            [
                "x509", "-req", "-in", request.path, "-CA", self.certificate.path, "-CAkey",
                directory.appending(path: "ca.key").path, "-days", "3650", "-copy_extensions", "copyall", "-out",
                unfinished,
            ]
        }
        return (certificate, key)
    }

    /// Runs openssl and lets the certificate appear only when it is whole: one that is there is never made again.
    private func make(_ certificate: URL, _ arguments: (_ unfinished: String) -> [String]) async throws {
        let unfinished = certificate.path + ".new"
        try await Tool.run(["openssl"] + arguments(unfinished))
        guard rename(unfinished, certificate.path) == 0 else {
            throw LocalServerError("\(certificate.path) can't be written: \(String(cString: strerror(errno)))")
        }
    }

    private static func newKey(_ file: URL) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file.path]
    }
}
