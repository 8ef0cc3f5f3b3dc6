import Crypto
import Foundation
import TestSupport
import Testing

@testable import WebAuthn

/// Keys that are right, and what must not pass for one.
@Suite struct KeyTests {
    static let party = RelyingParty(url: "http://localhost:8080")!
    static let challenge = SoftKey.text((0..<32).map { _ in .random(in: 0...255) })

    static func register(
        _ key: SoftKey,
        answering challenge: String = challenge,
        attestation: [UInt8]? = nil
    ) throws -> RegisteredKey {
        try KeyRegistration(
            clientData: key.clientData(key.kinds.registration, challenge),
            attestationObject: try attestation ?? SoftKey.attestation(key.data(withCredential: true))
        ).verified(challenge: Self.challenge, at: party)
    }

    static func verify(
        _ key: SoftKey,
        by registered: SoftKey? = nil,
        answering challenge: String = challenge,
        changing change: (inout [UInt8], inout [UInt8], inout [UInt8]) -> Void = { _, _, _ in }
    ) throws {
        var client = key.clientData(key.kinds.assertion, challenge)
        var data = try key.data(withCredential: false)
        var signature = try key.signature(of: data, client)
        change(&client, &data, &signature)
        try KeyAssertion(clientData: client, authenticatorData: data, signature: signature).verify(
            by: PublicKey(cose: (registered ?? key).publicKey),
            challenge: Self.challenge,
            at: party
        )
    }

    @Test(arguments: SoftKey.Algorithm.allCases)
    func aKeyRegistersAndAnswers(algorithm: SoftKey.Algorithm) throws {
        var key = try SoftKey(algorithm)
        key.counter = 7
        let registered = try Self.register(key)
        #expect(registered.id == key.id && registered.counter == 7 && !registered.isBackupEligible)
        #expect(try registered.publicKey.cose == key.publicKey)
        #expect(registered.publicKey.algorithm.rawValue == Int(key.algorithm))
        try Self.verify(key)
        // A passkey: verified, and copied to other devices.
        key.flags = 0x1D
        #expect(try Self.register(key).isBackupEligible)
        try Self.verify(key)
    }

    @Test(arguments: SoftKey.Algorithm.allCases)
    func whatAnotherKeyHasSignedIsRefused(algorithm: SoftKey.Algorithm) throws {
        let (key, other) = (try SoftKey(algorithm), try SoftKey(algorithm))
        #expect(throws: KeyFault.signature) { try Self.verify(key, by: other) }
        // One bit of what was signed, or of the signature.
        #expect(throws: KeyFault.signature) { try Self.verify(key) { _, data, _ in data[36] ^= 1 } }
        #expect(throws: KeyFault.signature) { try Self.verify(key) { _, _, signature in signature[12] ^= 1 } }
        #expect(throws: KeyFault.signature) { try Self.verify(key) { client, _, _ in client += [0x20] } }
    }

    @Test func anAnswerToAnotherQuestionIsRefused() throws {
        let key = try SoftKey()
        let other = SoftKey.text(Array(repeating: 1, count: 32))
        #expect(throws: KeyFault.wrongChallenge) { _ = try Self.register(key, answering: other) }
        #expect(throws: KeyFault.wrongChallenge) { try Self.verify(key, answering: other) }
        var swapped = key
        swapped.kinds = (registration: "webauthn.get", assertion: "webauthn.create")
        #expect(throws: KeyFault.wrongType) { _ = try Self.register(swapped) }
        #expect(throws: KeyFault.wrongType) { try Self.verify(swapped) }
    }

    @Test(arguments: [
        "https://localhost:8080", "http://localhost", "http://localhost:8081", "http://localhost:8080.evil.example",
        "http://evil.example", "http://localhost:8080/", "HTTP://localhost:8080", "null", "",
    ])
    func aPageOfAnotherOriginIsRefused(origin: String) throws {
        var key = try SoftKey()
        key.origin = origin
        #expect(throws: KeyFault.wrongOrigin) { _ = try Self.register(key) }
        #expect(throws: KeyFault.wrongOrigin) { try Self.verify(key) }
    }

    @Test func aFrameOnAnotherPageIsRefused() throws {
        var key = try SoftKey()
        key.isCrossOrigin = true
        #expect(throws: KeyFault.wrongOrigin) { _ = try Self.register(key) }
        #expect(throws: KeyFault.wrongOrigin) { try Self.verify(key) }
    }

    @Test(arguments: ["evil.example", "localhos", "localhost:8080", ""])
    func aKeyForAnotherPartyIsRefused(party: String) throws {
        var key = try SoftKey()
        key.party = party
        #expect(throws: KeyFault.wrongRelyingParty) { _ = try Self.register(key) }
        #expect(throws: KeyFault.wrongRelyingParty) { try Self.verify(key) }
    }

    @Test func aKeyThatNobodyTouchedIsRefused() throws {
        var key = try SoftKey()
        // Verified, but not present: that can't be.
        for flags: UInt8 in [0x00, 0x04] {
            key.flags = flags
            #expect(throws: KeyFault.userAbsent) { _ = try Self.register(key) }
            #expect(throws: KeyFault.userAbsent) { try Self.verify(key) }
        }
        // Copied, but can't be copied.
        key.flags = 0x11
        #expect(throws: KeyFault.malformed) { _ = try Self.register(key) }
    }

    @Test func onlyThreeKindsOfKeysAreAccepted() throws {
        let key = try SoftKey()
        let x: (SoftCBOR, SoftCBOR) = (.int(-2), .bytes(Array(repeating: 1, count: 32)))
        let y: (SoftCBOR, SoftCBOR) = (.int(-3), .bytes(Array(repeating: 1, count: 32)))
        let modulus: (SoftCBOR, SoftCBOR) = (.int(-1), .bytes(Array(repeating: 0xC1, count: 256)))
        let refused: [[(SoftCBOR, SoftCBOR)]] = [
            // ES384, ES512, PS256, RS1, ES256K, and no algorithm at all.
            [(.int(1), .int(2)), (.int(3), .int(-35)), (.int(-1), .int(2)), x, y],
            [(.int(1), .int(2)), (.int(3), .int(-36)), (.int(-1), .int(3)), x, y],
            [(.int(1), .int(3)), (.int(3), .int(-37)), modulus, (.int(-2), .bytes([1, 0, 1]))],
            [(.int(1), .int(3)), (.int(3), .int(-65535)), modulus, (.int(-2), .bytes([1, 0, 1]))],
            [(.int(1), .int(2)), (.int(3), .int(-47)), (.int(-1), .int(8)), x, y],
            [(.int(1), .int(2)), (.int(-1), .int(1)), x, y],
            // Another curve, another kind, a short coordinate, a compressed point, one field too many.
            [(.int(1), .int(2)), (.int(3), .int(-7)), (.int(-1), .int(2)), x, y],
            [(.int(1), .int(1)), (.int(3), .int(-7)), (.int(-1), .int(1)), x, y],
            [(.int(1), .int(2)), (.int(3), .int(-7)), (.int(-1), .int(1)), x, (.int(-3), .bytes([1]))],
            [(.int(1), .int(2)), (.int(3), .int(-7)), (.int(-1), .int(1)), x, (.int(-3), .bool(true))],
            [(.int(1), .int(2)), (.int(3), .int(-7)), (.int(-1), .int(1)), x, y, (.int(2), .bytes([1]))],
            // An exponent of one: every text would be its own signature. A short modulus.
            [(.int(1), .int(3)), (.int(3), .int(-257)), modulus, (.int(-2), .bytes([1]))],
            [(.int(1), .int(3)), (.int(3), .int(-257)), modulus, (.int(-2), .bytes([0, 0, 1]))],
            [
                (.int(1), .int(3)), (.int(3), .int(-257)), (.int(-1), .bytes(Array(repeating: 0xC1, count: 128))),
                (.int(-2), .bytes([1, 0, 1])),
            ],
        ]
        for members in refused {
            let data = try key.data(withCredential: true, publicKey: SoftCBOR.map(members).encoded)
            #expect(throws: KeyFault.algorithm, "\(members)") {
                _ = try Self.register(key, attestation: SoftKey.attestation(data))
            }
        }
    }

    /// It has the right form, and libfido2 finds that it is none.
    @Test func aPointBesideTheCurveVerifiesNothing() throws {
        let key = try SoftKey()
        var cose = try key.publicKey
        cose[cose.count - 1] ^= 1
        let broken = try PublicKey(cose: cose)
        let client = key.clientData(key.kinds.assertion, Self.challenge)
        let data = try key.data(withCredential: false)
        let assertion = try KeyAssertion(
            clientData: client,
            authenticatorData: data,
            signature: key.signature(of: data, client)
        )
        #expect(throws: KeyFault.signature) {
            try assertion.verify(by: broken, challenge: Self.challenge, at: Self.party)
        }
    }
}
