import Sealing
import Testing

/// Whoever carries what is in a letterbox can't read it.
@Suite struct LetterboxTests {
    @Test func onlyTheOwnerOpensWhatWasPutIn() throws {
        let key = LetterboxKey()
        let sealed = try key.letterbox.seal("198.51.100.77", for: "anna")
        #expect(Letterbox.isSealed(sealed) && !Letterbox.isSealed("198.51.100.77"))
        #expect(!sealed.contains("198.51.100.77"))
        #expect(try key.open(sealed, for: "anna") == "198.51.100.77")
        // Equal texts do not look equal.
        #expect(try key.letterbox.seal("198.51.100.77", for: "anna") != sealed)
        #expect(throws: CannotOpen.self) { try LetterboxKey().open(sealed, for: "anna") }
        #expect(throws: CannotOpen.self) { try key.open(sealed, for: "bo") }
        #expect(throws: CannotOpen.self) { try key.open("198.51.100.77", for: "anna") }
        #expect(throws: CannotOpen.self) { try key.open(String(sealed.dropLast(4)), for: "anna") }
        for cut in 0..<60 { #expect(throws: CannotOpen.self) { try key.open(String(sealed.prefix(cut)), for: "anna") } }
    }

    @Test func aStoredKeyOpensAndItsPublicHalfSeals() throws {
        let key = LetterboxKey()
        let stored = try LetterboxKey(privateKey: key.privateKey)
        let box = try #require(Letterbox(publicKey: key.letterbox.publicKey))
        #expect(box == key.letterbox && box.name == stored.letterbox.name && box.name.utf8.count == 8)
        #expect(try stored.open(box.seal("text", for: ""), for: "") == "text")
        #expect(Letterbox(publicKey: [1, 2, 3]) == nil)
        #expect(throws: CannotOpen.self) { try LetterboxKey(privateKey: [1, 2, 3]) }
    }

    @Test(arguments: [
        Origin(address: "2001:db8::1", userAgent: "Browser/1"), Origin(address: "192.0.2.1", userAgent: nil),
        Origin(address: nil, userAgent: "Browser/1"),
    ])
    func whereARequestCameFromArrivesWhole(_ origin: Origin) throws {
        let key = LetterboxKey()
        let sealed = try #require(try origin.sealed(for: "anna", in: key.letterbox))
        #expect(try Origin(sealed: sealed, for: "anna", key) == origin)
        #expect(throws: CannotOpen.self) { try Origin(sealed: sealed, for: "bo", key) }
        #expect(try origin.sealed(for: "anna", in: nil) == nil)
    }
}
