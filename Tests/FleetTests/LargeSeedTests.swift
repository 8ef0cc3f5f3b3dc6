import Foundation
import LocalFleet
import Testing

@Suite struct LargeSeedTests {
    /// Like all ids of the fleet they begin with their time, so they are in the order of their numbers, and in the tables of their year.
    @Test func idsBeginWithTheirTime() {
        #expect(LargeSeed.id(.order, 0).uuidString == "01941F29-7C00-7000-8000-000000000000")
        #expect(LargeSeed.id(.order, 65_537).uuidString == "0195098A-6660-7000-8000-000000010001")
        let ids = stride(from: 1, to: 1_000_000, by: 997).map { LargeSeed.id(.task, $0).uuidString }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }
}
