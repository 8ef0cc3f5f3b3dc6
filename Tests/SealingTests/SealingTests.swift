import Sealing
import Testing

@Suite struct SealingTests {
    private static let (old, new) = (String(repeating: "old-", count: 8), String(repeating: "new-", count: 8))

    @Test func whatIsSealedOpensOnlyInItsContext() throws {
        let keys = try #require(SealingKeys(Self.old, for: "links"))
        let sealed = try keys.seal("täter", for: "mail 1")
        #expect(try keys.open(sealed, for: "mail 1") == "täter")
        #expect(throws: CannotOpen.self) { try keys.open(sealed, for: "mail 2") }
        // Another seal of the same text looks different.
        #expect(try keys.seal("täter", for: "mail 1") != sealed)
        let others = try #require(SealingKeys(Self.old, for: "other purpose"))
        #expect(throws: CannotOpen.self) { try others.open(sealed, for: "mail 1") }
    }

    @Test func everyChangedByteIsNoticed() throws {
        let keys = SealingKeys()
        let sealed = try keys.seal("secret", for: "x")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: CannotOpen.self) { try keys.open(changed, for: "x") }
        }
        for length in 0..<sealed.count {
            #expect(throws: CannotOpen.self) { try keys.open(Array(sealed.prefix(length)), for: "x") }
        }
    }

    @Test func keysAreReplacedInTwoSteps() throws {
        let before = try #require(SealingKeys(Self.old, for: "links"))
        let between = try #require(SealingKeys("\(Self.new),\(Self.old)", for: "links"))
        let after = try #require(SealingKeys(Self.new, for: "links"))
        #expect(try between.open(before.seal("a", for: "x"), for: "x") == "a")
        #expect(try after.open(between.seal("b", for: "x"), for: "x") == "b")
        #expect(throws: CannotOpen.self) { try after.open(before.seal("c", for: "x"), for: "x") }
    }

    @Test(arguments: ["", "short", "\(old),", "\(old),short"])
    func shortSecretsAreRefused(secrets: String) {
        #expect(SealingKeys(secrets, for: "links") == nil)
    }
}
