/// The answer to a registration (Web Authentication, section 6.5.4): what the key says, and perhaps a statement of its maker.
struct AttestationObject: Hashable {
    enum Format: String {
        /// Nothing is stated, which is what we ask for.
        case none
        /// Signed with the new key, or with one of the maker's.
        case packed
    }

    let format: Format
    let data: AuthenticatorData
    let statement: CBOR
    /// The statement's own bytes.
    let statementBytes: [UInt8]

    init(_ bytes: [UInt8]) throws(KeyFault) {
        guard bytes.count <= 64 << 10 else { throw .malformed }
        var reader = CBORReader(bytes[...])
        guard try reader.mapHead() == 3 else { throw .malformed }
        var members: [String: (value: CBOR, bytes: ArraySlice<UInt8>)] = [:]
        for _ in 0..<3 {
            guard let name = try reader.value(depth: 1).text else { throw .malformed }
            let start = reader.rest
            let value = try reader.value(depth: 1)
            guard members.updateValue((value, start.dropLast(reader.rest.count)), forKey: name) == nil else {
                throw .malformed
            }
        }
        guard reader.rest.isEmpty, let name = members["fmt"]?.value.text, let (statement, source) = members["attStmt"],
            statement.members != nil, let data = members["authData"]?.value.bytes
        else { throw .malformed }
        guard let format = Format(rawValue: name) else { throw .attestation }
        self.data = try AuthenticatorData(data)
        (self.format, self.statement, statementBytes) = (format, statement, Array(source))
    }
}
