/// A key's public half, as it says of itself (COSE, RFC 9053 and RFC 8230): strictly one of three kinds.
public struct PublicKey: Hashable, Sendable {
    /// What it signs with; the raw value is the algorithm's number in COSE.
    public enum Algorithm: Int, CaseIterable, Sendable {
        /// ECDSA on P-256 with SHA-256: what every key can do.
        case es256 = -7
        /// Ed25519.
        case edDSA = -8
        /// RSA with 2048 bits and SHA-256 (PKCS #1 1.5): keys in the TPM of Windows computers.
        case rs256 = -257
    }

    public let algorithm: Algorithm
    /// As it is stored.
    public let cose: [UInt8]
    /// As libfido2 takes it: both coordinates, the one of an Ed25519 key, or the modulus with the exponent.
    let raw: [UInt8]

    /// - Throws: ``KeyFault/malformed``, ``KeyFault/algorithm``.
    public init(cose: [UInt8]) throws(KeyFault) {
        var reader = CBORReader(cose[...])
        let value = try reader.value()
        guard reader.rest.isEmpty, let members = value.members else { throw .malformed }
        guard let number = value[3]?.integer, let algorithm = Algorithm(rawValue: Int(number)) else {
            throw .algorithm
        }
        let (kind, curve, first, second) = (value[1], value[-1], value[-2]?.bytes ?? [], value[-3]?.bytes ?? [])
        let isRight =
            switch algorithm {
            case .es256:
                kind == .integer(2) && curve == .integer(1) && first.count == 32 && second.count == 32
                    && members.count == 5
            case .edDSA: kind == .integer(1) && curve == .integer(6) && first.count == 32 && members.count == 4
            case .rs256:
                // An exponent of one would make every text its own signature.
                kind == .integer(3) && curve?.bytes?.count == 256 && first == [1, 0, 1] && members.count == 4
            }
        guard isRight else { throw .algorithm }
        (self.algorithm, self.cose) = (algorithm, cose)
        raw = algorithm == .rs256 ? (curve?.bytes ?? []) + first : first + second
    }
}
