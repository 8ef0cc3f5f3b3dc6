/// A key's answer to the question to register with us (Web Authentication, section 7.1).
public struct KeyRegistration: Sendable {
    public let clientData: ClientData
    private let attestation: AttestationObject

    /// - Throws: ``KeyFault``.
    public init(clientData: [UInt8], attestationObject: [UInt8]) throws(KeyFault) {
        self.clientData = try ClientData(clientData)
        attestation = try AttestationObject(attestationObject)
    }

    /// The new key, if everything is right.
    ///
    /// A statement of the key's maker is verified if there is one, since one that is wrong shows that something is. It is not believed any more than none:
    /// whose key it is was decided by who registers it, and no list of makers is kept here.
    ///
    /// - Throws: ``KeyFault``.
    public func verified(challenge: String, at party: RelyingParty) throws(KeyFault) -> RegisteredKey {
        try clientData.require(.registration, challenge: challenge, at: party)
        let data = attestation.data
        try data.require(party)
        guard let credential = data.credential else { throw .malformed }
        let key = try PublicKey(cose: credential.publicKey)
        // libfido2 has another reader: what they do not agree on is not accepted.
        guard Fido.publicKey(in: data, key.algorithm) == key.raw else { throw .malformed }
        let statement = attestation.statement.members ?? [:]
        switch attestation.format {
        case .none:
            guard statement.isEmpty else { throw .attestation }
        case .packed:
            let isSelf = statement[.text("x5c")] == nil
            // Of its own statement the algorithm is that of the key (section 8.2).
            guard !isSelf || attestation.statement["alg"]?.integer == Int64(key.algorithm.rawValue),
                Fido.verifies(attestation, key.algorithm, isSelf: isSelf, clientData.hash, party)
            else { throw .attestation }
        }
        return RegisteredKey(
            id: credential.id,
            publicKey: key,
            counter: data.counter,
            isBackupEligible: data.flags.contains(.backupEligible)
        )
    }
}

/// What is kept of a new key.
public struct RegisteredKey: Hashable, Sendable {
    /// By which the key finds its private half again; up to 1023 bytes.
    public var id: [UInt8]
    public var publicKey: PublicKey
    /// How often it has signed; 0 for ever if it does not count.
    public var counter: UInt32
    /// Whether it can be copied to the person's other devices: a passkey rather than a piece of hardware.
    public var isBackupEligible: Bool
}
