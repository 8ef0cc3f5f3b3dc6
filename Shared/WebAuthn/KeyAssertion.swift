/// A key's answer to the question whether it is there (Web Authentication, section 7.2).
public struct KeyAssertion: Sendable {
    public let clientData: ClientData
    private let data: AuthenticatorData
    private let signature: [UInt8]

    /// - Throws: ``KeyFault/malformed``.
    public init(clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8]) throws(KeyFault) {
        self.clientData = try ClientData(clientData)
        data = try AuthenticatorData(authenticatorData)
        // That of an RSA key with 2048 bits has 256 bytes.
        guard (1...1024).contains(signature.count) else { throw .malformed }
        self.signature = signature
    }

    /// How often the key says that it has signed; only after ``verify(by:challenge:at:)`` it means something.
    public var counter: UInt32 { data.counter }

    /// Takes some tenths of a millisecond.
    ///
    /// - Throws: ``KeyFault``.
    public func verify(by key: PublicKey, challenge: String, at party: RelyingParty) throws(KeyFault) {
        try clientData.require(.assertion, challenge: challenge, at: party)
        try data.require(party)
        guard Fido.verifies(signature, of: data, by: key, clientData.hash, party) else { throw .signature }
    }
}
