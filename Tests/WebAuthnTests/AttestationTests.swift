import Crypto
import Foundation
import SwiftASN1
import TestSupport
import Testing
import X509

@testable import WebAuthn

/// What makers say of their keys is verified, and not believed any more than nothing.
@Suite struct AttestationTests {
    private func attested(_ key: SoftKey, _ statement: [(SoftCBOR, SoftCBOR)], format: String = "packed") throws
        -> RegisteredKey
    {
        let data = try key.data(withCredential: true)
        return try KeyTests.register(key, attestation: SoftKey.attestation(data, format: format, statement))
    }

    private func signed(_ key: SoftKey) throws -> (data: [UInt8], client: [UInt8]) {
        (try key.data(withCredential: true), key.clientData(key.kinds.registration, KeyTests.challenge))
    }

    @Test(arguments: SoftKey.Algorithm.allCases)
    func aKeyVouchesForItself(algorithm: SoftKey.Algorithm) throws {
        let (key, other) = (try SoftKey(algorithm), try SoftKey(algorithm))
        let (data, client) = try signed(key)
        let statement: [(SoftCBOR, SoftCBOR)] = [
            (.text("alg"), .int(key.algorithm)), (.text("sig"), .bytes(try key.signature(of: data, client))),
        ]
        #expect(try attested(key, statement).id == key.id)
        let wrong: [[(SoftCBOR, SoftCBOR)]] = [
            [statement[0], (.text("sig"), .bytes(try other.signature(of: data, client)))], [statement[0]],
            [statement[1]], [(.text("alg"), .int(-35)), statement[1]], [(.text("alg"), .text("ES256")), statement[1]],
            [],
        ]
        for statement in wrong {
            #expect(throws: KeyFault.attestation, "\(statement)") { try attested(key, statement) }
        }
    }

    @Test func aMakerVouchesForAKey() throws {
        let key = try SoftKey()
        let maker = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("Maker of keys") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(maker.publicKey),
            notValidBefore: .now - 60,
            notValidAfter: .now + 60,
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: .init(),
            issuerPrivateKey: .init(maker)
        )
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        let (data, client) = try signed(key)
        let text = Data(data) + Data(SHA256.hash(data: Data(client)))
        let chain: (SoftCBOR, SoftCBOR) = (.text("x5c"), .array([.bytes(serializer.serializedBytes)]))
        let alg: (SoftCBOR, SoftCBOR) = (.text("alg"), .int(-7))
        func sig(_ signer: P256.Signing.PrivateKey) throws -> (SoftCBOR, SoftCBOR) {
            (.text("sig"), .bytes(Array(try signer.signature(for: text).derRepresentation)))
        }
        #expect(try attested(key, [alg, try sig(maker), chain]).id == key.id)
        #expect(throws: KeyFault.attestation) { try attested(key, [alg, try sig(P256.Signing.PrivateKey()), chain]) }
        #expect(throws: KeyFault.attestation) {
            try attested(key, [alg, try sig(maker), (.text("x5c"), .array([.bytes([0x30, 0x03, 0x02, 0x01, 0x01])]))])
        }
        #expect(throws: KeyFault.attestation) { try attested(key, [alg, try sig(maker), (.text("x5c"), .array([]))]) }
    }

    @Test func otherFormatsAreRefused() throws {
        let key = try SoftKey()
        for format in ["fido-u2f", "tpm", "android-key", "apple", "NONE", ""] {
            #expect(throws: KeyFault.attestation, "\(format)") { try attested(key, [], format: format) }
        }
        // Nothing is stated, and yet something.
        #expect(throws: KeyFault.attestation) { try attested(key, [(.text("alg"), .int(-7))], format: "none") }
    }
}
