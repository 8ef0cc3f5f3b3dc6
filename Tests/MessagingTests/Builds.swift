import Avro
import EventSchema
import Foundation
import Kafka
import LocalServers
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// Three builds of one service whose events have gained fields: each build has the schemas up to its own version.
enum Builds {
    /// The second and third version each add a level. They also add an optional note and a unit with a default.
    private static let levels = ["", #""medium","#, #""medium","critical","#]
    private static let fields = [
        "", #","# + note, #","# + note + #",{"name":"unit","type":"string","default":"Cel"}"#,
    ]
    private static let note = #"{"name":"note","type":["null","string"],"default":null}"#

    private static func schema(_ family: String, _ record: String, _ version: Int) -> (String, Int32, [UInt8]) {
        let text = """
            {"type":"record","name":"\(record)","namespace":"test","fields":[{"name":"id","type":"string"},{"name":"level",
            "type":{"type":"enum","name":"\(record)Level","symbols":["low","high",\(levels[version - 1])"unknown"],
            "default":"unknown"}}\(fields[version - 1])]}
            """
        return ("\(family).v\(version)", Int32((record == "Fact" ? 1000 : 2000) + version), Array(text.utf8))
    }

    static func catalog(_ version: Int) throws -> SchemaCatalog {
        try SchemaCatalog(
            (1...version).flatMap { [schema("test.fact", "Fact", $0), schema("test.state", "State", $0)] }
        )
    }

    // The events as each of the three builds declares them.
    struct Fact1: Event, Gauge {
        static let name = "test.fact.v1"
        static let topic = Topic.authSessions
        var id: String
        var level: Level1
    }
    struct Fact2: Event, Gauge {
        static let name = "test.fact.v2"
        static let topic = Topic.authSessions
        var id: String
        var level: Level2
        var note: String?
    }
    struct Fact3: Event, Gauge {
        static let name = "test.fact.v3"
        static let topic = Topic.authSessions
        var id: String
        var level: Level3
        var note: String?
        var unit: String
    }
    struct State1: Event, Gauge {
        static let name = "test.state.v1"
        static let topic = Topic.authKeys
        var id: String
        var level: Level1
    }
    struct State2: Event, Gauge {
        static let name = "test.state.v2"
        static let topic = Topic.authKeys
        var id: String
        var level: Level2
        var note: String?
    }
    struct State3: Event, Gauge {
        static let name = "test.state.v3"
        static let topic = Topic.authKeys
        var id: String
        var level: Level3
        var note: String?
        var unit: String
    }
    enum Level1: String, Codable, Sendable { case low, high, unknown }
    enum Level2: String, Codable, Sendable { case low, high, medium, unknown }
    enum Level3: String, Codable, Sendable { case low, high, medium, critical, unknown }
}

/// The properties that the events of all builds share.
protocol Gauge: Event {
    associatedtype Level: RawRepresentable<String>
    var id: String { get }
    var level: Level { get }
}

extension Gauge {
    var key: String { id }
}
