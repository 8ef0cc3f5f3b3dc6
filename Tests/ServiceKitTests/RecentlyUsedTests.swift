import ServiceKit
import Testing

@Suite struct RecentlyUsedTests {
    @Test func theLeastRecentlyUsedEntryIsRemovedAndNotTheOldest() {
        var memory = RecentlyUsed<String, Int>(limit: 3)
        for (index, key) in ["a", "b", "c"].enumerated() { memory.remember(index, of: key) }
        #expect(memory.value(of: "a") == 0)
        memory.remember(5, of: "b")
        memory.remember(3, of: "d")
        #expect(memory.value(of: "c") == nil)
        #expect(["a", "b", "d"].map { memory.value(of: $0) } == [0, 5, 3])
        #expect(memory.count == 3)
        memory.forgetAll()
        #expect(memory.value(of: "a") == nil)
    }

    /// Compares it with a simple list that is searched linearly.
    @Test func itBehavesLikeASimpleList() {
        var random = SplitMix(state: 8)
        for limit in 1...5 {
            var memory = RecentlyUsed<Int, Int>(limit: limit)
            var list: [(key: Int, value: Int)] = []
            for step in 0..<2000 {
                let key = Int(random.next() % 8)
                let found = list.firstIndex { $0.key == key }
                if random.next() % 2 == 0 {
                    #expect(memory.value(of: key) == found.map { list[$0].value })
                    if let found { list.append(list.remove(at: found)) }
                } else {
                    memory.remember(step, of: key)
                    if let found { list.remove(at: found) }
                    list = (list + [(key, step)]).suffix(limit)
                }
                #expect(memory.count == list.count)
            }
        }
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            return mixed ^ (mixed >> 27)
        }
    }
}
