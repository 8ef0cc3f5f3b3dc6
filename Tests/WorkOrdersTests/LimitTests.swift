import Commands
import EventSchema
import Foundation
import HTTPTypes
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

extension RouteTests {
    @Test(arguments: [
        TextLimit("title", 1...200), TextLimit("description", 0...10_000, lines: .many),
        TextLimit("tasks[0].title", 1...200),
    ])
    func textsOfANewWorkOrderHaveLengthLimits(limit: TextLimit) async throws {
        try await withService { client in
            try await limit.hold { text in
                var body = client.body
                if limit.field == "tasks[0].title" {
                    body["tasks"] = [["title": text]]
                } else {
                    body[limit.field] = text
                }
                let answer = try await client.send(.post, "/api/v1/workorders", body)
                return (answer.status, answer.text)
            }
        }
    }

    @Test(arguments: [TextLimit("title", 1...200), TextLimit("description", 0...10_000, lines: .many)])
    func textsOfAChangedWorkOrderHaveLengthLimits(limit: TextLimit) async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            try await limit.hold { text in
                let answer = try await client.send(.patch, "/api/v1/workorders/\(id)", [limit.field: text])
                return (answer.status, answer.text)
            }
        }
    }

    @Test func theReasonOfATransitionHasALengthLimit() async throws {
        try await withService { client in
            try await TextLimit("reason", 1...2000, lines: .many).hold { text in
                let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
                let path = "/api/v1/workorders/\(id)/transitions/cancel"
                let answer = try await client.send(.post, path, ["reason": text])
                return (answer.status, answer.text)
            }
        }
    }

    @Test func textsOfATaskHaveLengthLimits() async throws {
        try await withService { client in
            let path =
                "/api/v1/workorders/\(try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"]))"
            try await TextLimit("title", 1...200).hold { text in
                let answer = try await client.send(.post, "\(path)/tasks", ["title": text])
                return (answer.status, answer.text)
            }
            let order = Data(try await client.send(.get, path).text.utf8)
            let tasks = (try JSONSerialization.jsonObject(with: order) as? [String: Any])?["tasks"] as? [[String: Any]]
            let task = try #require(tasks?.first?["id"] as? String)
            try await TextLimit("notes", 0...WorkOrder.maximumNotes, lines: .many).hold { text in
                let body = ["status": "completed", "notes": text]
                let answer = try await client.send(.patch, "\(path)/tasks/\(task)", body)
                return (answer.status, answer.text)
            }
        }
    }

    @Test(arguments: [
        TextLimit("description", 0...2000, lines: .many), TextLimit("check.unit", 1...20),
        TextLimit("check.meter", 1...64), TextLimit("check.options[1]", 1...100),
    ])
    func textsOfWhatATaskAsksForHaveLengthLimits(limit: TextLimit) async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let path = "/api/v1/workorders/\(id)/tasks"
            let task = try #require(Self.lastTask(try await client.send(.post, path, ["title": "Read"]).text))
            try await limit.hold { text in
                let body: [String: Any] =
                    switch limit.field {
                    case "check.unit": ["check": ["kind": "number", "unit": text]]
                    case "check.meter": ["check": ["kind": "meter", "unit": "h", "meter": text]]
                    case "check.options[1]": ["check": ["kind": "choice", "options": ["Good", text]]]
                    default: [limit.field: text]
                    }
                let answer = try await client.send(.patch, "\(path)/\(task)", body)
                return (answer.status, answer.text)
            }
        }
    }

    @Test func anAnswerInWordsHasALengthLimit() async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let path = "/api/v1/workorders/\(id)/tasks"
            let new: [String: Any] = ["title": "Look", "check": ["kind": "text"]]
            let task = try #require(Self.lastTask(try await client.send(.post, path, new).text))
            try await TextLimit("answer.text", 1...2000, lines: .many).hold { text in
                let body: [String: Any] = ["status": "completed", "answer": ["text": text]]
                let answer = try await client.send(.patch, "\(path)/\(task)", body)
                return (answer.status, answer.text)
            }
        }
    }

    private static func lastTask(_ order: String) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(order.utf8)) as? [String: Any]
        return (object?["tasks"] as? [[String: Any]])?.last?["id"] as? String
    }

    @Test func textsAreStoredInNormalFormC() async throws {
        try await withService { client in
            let body = client.body.merging(["title": "Pru\u{308}fung am Gera\u{308}t \u{1112}\u{1161}\u{11ab}"]) { $1 }
            let title = try await client.send(.post, "/api/v1/workorders", body)["title"]
            #expect(title?.unicodeScalars.elementsEqual("Pr\u{fc}fung am Ger\u{e4}t \u{d55c}".unicodeScalars) == true)
        }
    }

    @Test func aTimeIsReadBackAsWrittenOrIsRefused() async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let path = "/api/v1/workorders/\(id)"
            let times =
                (0..<1000).filter { $0 % 59 == 0 }.map { "2026-06-01T12:00:00.\(String(1000 + $0).dropFirst())Z" }
                + ["0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z"]
            for time in times {
                #expect(try await client.send(.patch, path, ["scheduledStart": time])["scheduledStart"] == time)
                #expect(try await client.send(.get, path)["scheduledStart"] == time)
            }
            for time in [
                "2026-02-30T00:00:00Z", "2026-06-01T25:00:00Z", "2026-06-01T12:00:00Zjunk", "0000-01-01T00:00:00Z",
            ] {
                let answer = try await client.send(.patch, path, ["scheduledStart": time])
                #expect(answer.status == .badRequest && answer.text.contains("\"field\":\"scheduledStart\""), "\(time)")
            }
        }
    }
}
