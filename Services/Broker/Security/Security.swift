import CoreFoundation
import Crypto
import Foundation
import NIOSSL

/// Who may connect and do what. The files that define it are read again when they change.
struct Security {
    /// nil: everybody who can connect may do everything.
    private(set) var access: Access?
    /// nil: connections are in the clear.
    private(set) var tls: NIOSSLContext?
    private let accessFile: String?
    private let tlsFiles: TLSFiles?
    private var stamps: [String: Stamp] = [:]
    /// The salts of users that do not exist are derived from it.
    private let secret: SymmetricKey

    /// Shows whether a file has changed.
    private struct Stamp: Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    /// - Throws: When a file is missing or broken; then the broker does not start.
    init(access accessFile: String?, tls tlsFiles: TLSFiles?, secret: SymmetricKey) throws {
        (self.accessFile, self.tlsFiles, self.secret) = (accessFile, tlsFiles, secret)
        try reload()
    }

    /// Clients must log in: there are users, and no certificate identifies the client.
    var asksForLogin: Bool { access != nil && !asksForCertificate }
    var asksForCertificate: Bool { tlsFiles?.clientCA != nil }

    var hasChanged: Bool { currentStamps() != stamps }

    /// Reads all files again.
    ///
    /// - Throws: When a file is broken; then everything stays as it was. The file is read again only after its next change.
    mutating func reload() throws {
        stamps = currentStamps()
        let (access, tls) = (try accessFile.map(AccessFile.read), try tlsFiles?.context())
        (self.access, self.tls) = (access, tls)
    }

    private func currentStamps() -> [String: Stamp] {
        let files = [accessFile, tlsFiles?.certificate, tlsFiles?.key, tlsFiles?.clientCA].compactMap(\.self)
        var stamps: [String: Stamp] = [:]
        for file in files {
            var found = stat()
            guard stat(file, &found) == 0 else { continue }
            stamps[file] = Stamp(
                inode: UInt64(found.st_ino),
                size: Int64(found.st_size),
                seconds: found.st_mtim.tv_sec,
                nanoseconds: found.st_mtim.tv_nsec
            )
        }
        return stamps
    }

    /// The verifier for a login with that name. An unknown name gets a verifier that no password matches, always the same one
    /// and in the same form as the others, so that nobody learns which users exist.
    func verifier(for user: String) -> ScramVerifier {
        if let verifier = access?.verifiers[user] { return verifier }
        let digest = Array(HMAC<SHA256>.authenticationCode(for: Data(user.utf8), using: secret))
        let real = access?.verifiers.values.map { ($0.iterations, $0.salt.count) }.sorted(by: <) ?? []
        let (iterations, saltLength) =
            real.isEmpty
            ? (ScramVerifier.defaultIterations, ScramVerifier.defaultSaltLength) : real[Int(digest[31]) % real.count]
        return ScramVerifier(
            iterations: iterations,
            salt: Array((digest + digest).prefix(min(saltLength, digest.count))),
            storedKey: .random(SHA256.byteCount),
            serverKey: .random(SHA256.byteCount)
        )
    }

    /// The broker's own secret. It is created once, so that a salt stays the same after a restart.
    static func secret(_ path: String) throws -> SymmetricKey {
        if let data = FileManager.default.contents(atPath: path), data.count == SHA256.byteCount {
            return SymmetricKey(data: data)
        }
        let secret = Data([UInt8].random(SHA256.byteCount))
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: secret, attributes: attributes) else {
            throw LogFile.Failure(operation: "write", path: path, code: errno)
        }
        return SymmetricKey(data: secret)
    }
}
