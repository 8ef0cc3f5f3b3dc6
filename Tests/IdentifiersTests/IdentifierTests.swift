import Foundation
import Identifiers
import Testing

@Suite struct IdentifierTests {
    @Test func theJSONFormIsTheLowerCaseUUID() throws {
        let id = WorkOrderID.new()
        let json = String(decoding: try JSONEncoder().encode([id]), as: UTF8.self)
        #expect(json == "[\"\(id.rawValue.uuidString.lowercased())\"]")
        #expect(try JSONDecoder().decode([WorkOrderID].self, from: Data(json.utf8)) == [id])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([WorkOrderID].self, from: Data("[\"x\"]".utf8)) }
    }

    @Test func newIdentifiersAreOrderedByTime() {
        let earlier = UUID.v7(at: Date(timeIntervalSince1970: 1_780_315_200))
        let later = UUID.v7(at: Date(timeIntervalSince1970: 1_780_315_200.001))
        #expect(earlier.uuidString < later.uuidString)
        #expect(earlier.uuidString.dropFirst(14).first == "7")
    }

    @Test func newIdentifiersContainTheirMillisecond() {
        for millisecond in 0..<1000 {
            let time = 1_780_315_200_000 + millisecond
            let id = UUID.v7(at: Date(timeIntervalSince1970: Double(time) / 1000)).uuidString.replacing("-", with: "")
            #expect(Int(id.prefix(12), radix: 16) == time)
        }
        #expect(UUID.v7(at: .distantPast).uuidString.hasPrefix("00000000-0000-7"))
    }

    @Test func theSameNameAlwaysGivesTheSameIdentifier() {
        #expect(UUID.v8(hashing: "a") == UUID.v8(hashing: "a"))
        #expect(UUID.v8(hashing: "a") != UUID.v8(hashing: "b"))
        #expect(UUID.v8(hashing: "a").uuidString.dropFirst(14).first == "8")
    }
}
