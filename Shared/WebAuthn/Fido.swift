import CFido

/// The only file that touches libfido2. What it gets was read strictly before, and its objects live for one call.
enum Fido {
    private static let isReady: Bool = {
        // Only for devices: it would look for them otherwise.
        fido_init(FIDO_DISABLE_U2F_FALLBACK)
        return true
    }()

    /// Whether a key has signed what it says.
    static func verifies(
        _ signature: [UInt8],
        of data: AuthenticatorData,
        by key: PublicKey,
        _ clientDataHash: [UInt8],
        _ party: RelyingParty
    ) -> Bool {
        guard isReady, let assertion = fido_assert_new() else { return false }
        defer { free(assertion, fido_assert_free) }
        // A verified user is welcome, and not asked for: the password was right already.
        guard fido_assert_set_rp(assertion, party.id) == FIDO_OK,
            fido_assert_set_clientdata_hash(assertion, clientDataHash, clientDataHash.count) == FIDO_OK,
            fido_assert_set_count(assertion, 1) == FIDO_OK,
            fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK,
            fido_assert_set_uv(assertion, FIDO_OPT_OMIT) == FIDO_OK,
            fido_assert_set_authdata_raw(assertion, 0, data.bytes, data.bytes.count) == FIDO_OK,
            fido_assert_set_sig(assertion, 0, signature, signature.count) == FIDO_OK
        else { return false }
        return withKey(key) { fido_assert_verify(assertion, 0, Int32(key.algorithm.rawValue), $0) == FIDO_OK }
    }

    /// The new key as libfido2 reads it.
    static func publicKey(in data: AuthenticatorData, _ algorithm: PublicKey.Algorithm) -> [UInt8]? {
        guard isReady, let credential = fido_cred_new() else { return nil }
        defer { free(credential, fido_cred_free) }
        guard fido_cred_set_type(credential, Int32(algorithm.rawValue)) == FIDO_OK,
            fido_cred_set_authdata_raw(credential, data.bytes, data.bytes.count) == FIDO_OK,
            let pointer = fido_cred_pubkey_ptr(credential)
        else { return nil }
        return Array(UnsafeBufferPointer(start: pointer, count: fido_cred_pubkey_len(credential)))
    }

    /// Whether a statement about a new key is signed: by the key itself, or with the key of the certificate that comes with it.
    static func verifies(
        _ attestation: AttestationObject,
        _ algorithm: PublicKey.Algorithm,
        isSelf: Bool,
        _ clientDataHash: [UInt8],
        _ party: RelyingParty
    ) -> Bool {
        guard isReady, let credential = fido_cred_new() else { return false }
        defer { free(credential, fido_cred_free) }
        let (data, statement) = (attestation.data.bytes, attestation.statementBytes)
        guard fido_cred_set_type(credential, Int32(algorithm.rawValue)) == FIDO_OK,
            fido_cred_set_rp(credential, party.id, nil) == FIDO_OK,
            fido_cred_set_clientdata_hash(credential, clientDataHash, clientDataHash.count) == FIDO_OK,
            fido_cred_set_uv(credential, FIDO_OPT_OMIT) == FIDO_OK,
            fido_cred_set_authdata_raw(credential, data, data.count) == FIDO_OK,
            fido_cred_set_fmt(credential, attestation.format.rawValue) == FIDO_OK,
            fido_cred_set_attstmt(credential, statement, statement.count) == FIDO_OK
        else { return false }
        return (isSelf ? fido_cred_verify_self(credential) : fido_cred_verify(credential)) == FIDO_OK
    }

    private static func withKey(_ key: PublicKey, _ body: (UnsafeRawPointer) -> Bool) -> Bool {
        switch key.algorithm {
        case .es256: with(es256_pk_new(), es256_pk_free, { es256_pk_from_ptr($0, key.raw, key.raw.count) }, body)
        case .edDSA: with(eddsa_pk_new(), eddsa_pk_free, { eddsa_pk_from_ptr($0, key.raw, key.raw.count) }, body)
        case .rs256: with(rs256_pk_new(), rs256_pk_free, { rs256_pk_from_ptr($0, key.raw, key.raw.count) }, body)
        }
    }

    private static func with(
        _ made: OpaquePointer?,
        _ release: (UnsafeMutablePointer<OpaquePointer?>?) -> Void,
        _ fill: (OpaquePointer) -> Int32,
        _ body: (UnsafeRawPointer) -> Bool
    ) -> Bool {
        guard let made else { return false }
        defer { free(made, release) }
        return fill(made) == FIDO_OK && body(UnsafeRawPointer(made))
    }

    private static func free(_ object: OpaquePointer, _ release: (UnsafeMutablePointer<OpaquePointer?>?) -> Void) {
        var object: OpaquePointer? = object
        release(&object)
        // What was wrong here must not be taken for what is wrong with a connection that this thread serves next.
        ERR_clear_error()
    }
}
