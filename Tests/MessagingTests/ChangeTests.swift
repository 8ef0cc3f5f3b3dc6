import Commands
import Foundation
import Messaging
import Testing

@Suite struct ChangeTests {
    private struct Order: Codable {
        struct Task: Codable {
            var id: String
            var status: String
        }

        var title: String
        var note: String?
        var tasks: [Task] = []
        var tags: [String] = []
    }

    private func fields(_ before: Order?, _ after: Order?) throws -> [String: JSONValue] {
        let change = try Change("ORDER_CHANGED", "order", "1", before: before, after: after)
        return try JSONReader.read(Array((change.fields ?? "").utf8)).members ?? [:]
    }

    @Test func onlyChangedFieldsAreRecordedWithBothValues() throws {
        let old = Order(title: "Old", note: "same", tags: ["a"])
        let new = Order(title: "New", note: "same", tags: ["a", "b"])
        #expect(try fields(old, new) == ["title": ["Old", "New"], "tags": [["a"], ["a", "b"]]])
        #expect(try fields(old, old).isEmpty)
    }

    @Test func addedAndRemovedFieldsHaveNullAsTheOtherValue() throws {
        let order = Order(title: "T")
        #expect(try fields(nil, order)["title"] == [.null, "T"])
        #expect(try fields(order, nil)["title"] == ["T", .null])
        let noted = Order(title: "T", note: "N")
        #expect(try fields(order, noted) == ["note": [.null, "N"]])
    }

    @Test func listElementsAreNamedByIDAndNotByPosition() throws {
        let old = Order(title: "T", tasks: [.init(id: "a", status: "pending"), .init(id: "b", status: "pending")])
        let new = Order(title: "T", tasks: [.init(id: "b", status: "completed"), .init(id: "a", status: "pending")])
        #expect(try fields(old, new) == ["tasks/b/status": ["pending", "completed"]])
        let added = Order(title: "T", tasks: old.tasks + [.init(id: "c", status: "pending")])
        #expect(try fields(old, added) == ["tasks/c": [.null, ["id": "c", "status": "pending"]]])
    }
}
