import Crypto
import CryptoExtras
import Foundation

/// Passwords as they are stored: scrypt (RFC 7914), each with its own salt and with its parameters. So stronger parameters can be used
/// later, and nobody is locked out.
enum Password {
    /// scrypt's cost for new hashes. Tests hash with less.
    @TaskLocal static var rounds = 1 << 15
    private static let blockSize = 8
    private static let parallelism = 1

    /// A hash in the form `scrypt$rounds$blockSize$parallelism$salt$key`.
    static func hash(_ password: String) async throws -> String {
        let salt = Data((0..<16).map { _ in UInt8.random(in: 0...255) })
        let key = try await derive(password, salt, rounds, blockSize, parallelism)
        return [
            "scrypt", "\(rounds)", "\(blockSize)", "\(parallelism)", salt.base64EncodedString(),
            key.base64EncodedString(),
        ]
        .joined(separator: "$")
    }

    /// Whether the password matches the hash. A wrong one takes the same time.
    static func matches(_ password: String, _ hash: String) async throws -> Bool {
        let parts = hash.split(separator: "$")
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Data(base64Encoded: String(parts[4])),
            let key = Data(base64Encoded: String(parts[5]))
        else { return false }
        let derived = try await derive(password, salt, rounds, blockSize, parallelism)
        // All bytes are compared, even if the first ones differ.
        return derived.count == key.count && zip(derived, key).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// scrypt is slow on purpose and needs 32 MB. It runs where it blocks no other work, at most once per core at a time, however
    /// many people log in.
    private static let work = {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = ProcessInfo.processInfo.activeProcessorCount
        return queue
    }()

    private static func derive(
        _ password: String,
        _ salt: Data,
        _ rounds: Int,
        _ blockSize: Int,
        _ parallelism: Int
    ) async throws -> Data {
        // NFKC (NIST SP 800-63B, section 5.1.1.2): a person types the same password on every keyboard.
        let normalized = password.precomposedStringWithCompatibilityMapping
        return try await withCheckedThrowingContinuation { continuation in
            work.addOperation {
                continuation.resume(
                    with: Result {
                        try KDF.Scrypt.deriveKey(
                            from: Data(normalized.utf8),
                            salt: salt,
                            outputByteCount: 32,
                            rounds: rounds,
                            blockSize: blockSize,
                            parallelism: parallelism
                        ).withUnsafeBytes { Data($0) }
                    }
                )
            }
        }
    }
}
