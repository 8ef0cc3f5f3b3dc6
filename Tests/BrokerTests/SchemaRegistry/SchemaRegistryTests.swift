import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Broker

/// The registry as a process, tested over HTTP and by the content of its topic.
@Suite struct SchemaRegistryTests {
    @Test func confluentsClientWorksWithIt() async throws {
        let registry = try await RegistryProcess()
        _ = try await Python.run(
            "Tests/Oracles/schema_registry.py",
            [registry.url],
            needs: "confluent_kafka.schema_registry.avro"
        )
        await registry.kill()
    }

    /// The records have exactly the bytes that Confluent's registry writes: it can take over the topic, and compaction
    /// compares keys.
    @Test func theTopicHasConfluentsRecords() async throws {
        let registry = try await RegistryProcess()
        let ask = registry.asker
        let id = try #require(try await ask.register("s", #"{ "type": "string" }"#).id)
        _ = try await ask.send(.PUT, "/config", ["compatibility": "FULL"])
        _ = try await ask.send(.PUT, "/config/s", ["compatibility": "NONE"])
        _ = try await ask.send(.PUT, "/mode/other", ["mode": "IMPORT"])
        _ = try await ask.register("s", #""int""#)
        _ = try await ask.send(.DELETE, "/subjects/s/versions/1")
        _ = try await ask.send(.DELETE, "/subjects/s")
        _ = try await ask.send(.DELETE, "/subjects/s?permanent=true")
        let found = try await registry.records()
        #expect(
            found == [
                #"{"keytype":"SCHEMA","subject":"s","version":1,"magic":1} {"subject":"s","version":1,"id":\#(id),"schema":"{\"type\":\"string\"}","deleted":false}"#,
                #"{"keytype":"CONFIG","subject":null,"magic":0} {"compatibilityLevel":"FULL"}"#,
                #"{"keytype":"CONFIG","subject":"s","magic":0} {"compatibilityLevel":"NONE"}"#,
                #"{"keytype":"MODE","subject":"other","magic":0} {"mode":"IMPORT"}"#,
                #"{"keytype":"SCHEMA","subject":"s","version":2,"magic":1} {"subject":"s","version":2,"id":\#(id + 1),"schema":"\"int\"","deleted":false}"#,
                #"{"keytype":"SCHEMA","subject":"s","version":1,"magic":1} {"subject":"s","version":1,"id":\#(id),"schema":"{\"type\":\"string\"}","deleted":true}"#,
                #"{"keytype":"DELETE_SUBJECT","subject":"s","magic":0} {"subject":"s","version":2}"#,
                #"{"keytype":"CONFIG","subject":"s","magic":0} NULL"#,
                // Confluent's registry ignores this key, whatever its value is.
                #"{"keytype":"NOOP","magic":0} {"id":\#(id + 1)}"#,
                #"{"keytype":"SCHEMA","subject":"s","version":1,"magic":1} NULL"#,
                #"{"keytype":"SCHEMA","subject":"s","version":2,"magic":1} NULL"#,
            ]
        )
        // Nobody else writes to it.
        await #expect(throws: (any Error).self) {
            try await kcat(
                ["-b", registry.bootstrap, "-P", "-t", "_schemas", "-X", "message.timeout.ms=3000"],
                producing: "x\n"
            )
        }
        await registry.kill()
    }

    @Test(arguments: [[], ["--flush"]])
    func idsSurviveKills(options: [String]) async throws {
        let registry = try await RegistryProcess(options)
        let ask = registry.asker
        let rounds = ProcessInfo.processInfo.environment["DCMMS_TEST_SCALE"] == "full" ? 30 : 2
        var known: [String: Int] = [:]
        for round in 0..<rounds {
            let process = registry.process
            // Many clients register the same schemas at once, until the broker dies in the middle.
            let answers = await withTaskGroup(of: [String: Int].self) { clients in
                for _ in 0..<4 {
                    clients.addTask {
                        // Once the broker is gone, they must not retry for long.
                        let ask = Asker(url: ask.url, patience: .seconds(15))
                        var ids: [String: Int] = [:]
                        for number in 0..<200 {
                            let name = "R\(round)x\(number)"
                            guard let id = try? await ask.register(name, schema(name)).id else { break }
                            ids[name] = id
                        }
                        return ids
                    }
                }
                clients.addTask {
                    // More schemas than the clients can be waiting for.
                    _ = try? await eventually("some schemas", every: .milliseconds(1)) {
                        let subjects = try await ask.send(.GET, "/subjects?subjectPrefix=R\(round)x").json as? [String]
                        return subjects.flatMap { $0.count > 24 ? true : nil }
                    }
                    await process.kill()
                    return [:]
                }
                return await clients.reduce(into: [[String: Int]]()) { $0.append($1) }
            }
            for (name, id) in answers.joined() {
                #expect(known[name] ?? id == id, "\(name) was given two ids")
                known[name] = id
            }
            try await registry.killAndRestart()
            #expect(known.count > 20)
            #expect(Set(known.values).count == known.count)
            for (name, id) in known.shuffled().prefix(10) {
                let answer = try await ask.send(.GET, "/schemas/ids/\(id)")
                #expect(answer.fields["schema"] as? String == schema(name))
                #expect(try await ask.register(name, schema(name)).id == id)
            }
        }
        await registry.kill()
    }

    @Test func importedSchemasKeepTheirIDs() async throws {
        let registry = try await RegistryProcess()
        let ask = registry.asker
        let code: (Asker.Answer) -> Int? = { $0.code }
        // Not without mode IMPORT.
        #expect(code(try await ask.register("s", schema("S"), ["id": 7])) == 42205)
        #expect(try await ask.send(.PUT, "/mode/s", ["mode": "IMPORT"]).fields["mode"] as? String == "IMPORT")
        #expect(try await ask.register("s", schema("S"), ["id": 7, "version": 3]).id == 7)
        #expect(try await ask.register("s", schema("S"), ["id": 7, "version": 3]).id == 7)
        // An id never belongs to two schemas, and a schema never has two ids in a subject.
        let overwriting = try await ask.register("s", schema("T"), ["id": 7])
        #expect(overwriting.code == 42205 && overwriting.message.contains("id 7"))
        #expect(code(try await ask.register("s", schema("S"), ["id": 8])) == 42207)
        #expect(code(try await ask.register("s", schema("T"), ["id": 8, "version": 3])) == 42205)
        #expect(code(try await ask.register("s", schema("T"))) == 42205)
        // Whether an imported schema fits its predecessor is not checked.
        #expect(try await ask.register("s", #""int""#, ["id": 9]).id == 9)
        #expect(try await ask.send(.GET, "/subjects/s/versions").json as? [Int] == [3, 4])
        _ = try await ask.send(.PUT, "/mode/s", ["mode": "READWRITE"])
        // Imports are allowed only for an empty subject, unless the client forces it.
        #expect(code(try await ask.send(.PUT, "/mode/s", ["mode": "IMPORT"])) == 42205)
        #expect(code(try await ask.send(.PUT, "/mode", ["mode": "IMPORT"])) == 42205)
        #expect(try await ask.send(.PUT, "/mode/s?force=true", ["mode": "IMPORT"]).status == 200)
        // Ids that are handed out here do not collide with imported ids.
        #expect(try await ask.register("other", schema("U")).id ?? 0 > 1000)
        // After the highest possible id there is none left to hand out, but the broker continues.
        #expect(try await ask.register("s", schema("V"), ["id": Int32.max, "version": Int32.max]).id == Int(Int32.max))
        #expect(code(try await ask.register("s", schema("W"), ["id": 10])) == 42205)
        #expect(code(try await ask.register("other", #""int""#)) == 409)
        #expect(code(try await ask.register("another", schema("W"))) == 42205)
        await registry.kill()
    }

    @Test func readOnlyIsReadOnly() async throws {
        let registry = try await RegistryProcess()
        let ask = registry.asker
        let id = try await ask.register("s", schema("S")).id
        #expect(try await ask.send(.PUT, "/mode", ["mode": "READONLY"]).status == 200)
        #expect(try await ask.send(.GET, "/mode").fields["mode"] as? String == "READONLY")
        #expect(try await ask.send(.GET, "/mode/s").code == 40409)
        #expect(try await ask.send(.GET, "/mode/s?defaultToGlobal=true").fields["mode"] as? String == "READONLY")
        #expect(try await ask.register("s", schema("S")).id == id)
        #expect(try await ask.register("s", schema("S", fields: 2)).code == 42205)
        #expect(try await ask.send(.DELETE, "/subjects/s").code == 42205)
        #expect(try await ask.send(.DELETE, "/subjects/s/versions/1").code == 42205)
        #expect(try await ask.send(.PUT, "/config/s", ["compatibility": "NONE"]).code == 42205)
        #expect(try await ask.send(.PUT, "/config", ["compatibility": "NONE"]).code == 42205)
        // But one subject is open.
        #expect(try await ask.send(.PUT, "/mode/s", ["mode": "READWRITE"]).status == 200)
        #expect(try await ask.register("s", schema("S", fields: 2)).id != nil)
        #expect(try await ask.send(.DELETE, "/mode/s").status == 200)
        #expect(try await ask.register("s", schema("S", fields: 3)).code == 42205)
        #expect(try await ask.send(.PUT, "/mode", ["mode": "AJAR"]).code == 42204)
        await registry.kill()
    }

    /// A third version that is compatible with the second, but not with the first.
    @Test func onlyTransitiveLevelsCompareWithOlderVersions() async throws {
        let registry = try await RegistryProcess()
        let ask = registry.asker
        let required = #"{"type":"record","name":"R","fields":[{"name":"f0","type":"int"}]}"#
        for (level, versions) in [
            ("BACKWARD", [schema("R", fields: 0), schema("R"), required]),
            ("FORWARD", [required, schema("R"), schema("R", fields: 0)]),
            ("FULL", [required, schema("R"), schema("R", fields: 0)]),
        ] {
            let (subject, third) = (level.lowercased(), ["schema": versions[2]])
            for version in versions.prefix(2) { #expect(try await ask.register(subject, version).status == 200) }
            for (chosen, isTaken) in [("\(level)_TRANSITIVE", false), (level, true)] {
                _ = try await ask.send(.PUT, "/config/\(subject)", ["compatibility": chosen])
                let asked = try await ask.send(.POST, "/compatibility/subjects/\(subject)/versions", third)
                #expect(asked.fields["is_compatible"] as? Bool == isTaken, "\(chosen)")
                #expect(try await ask.register(subject, versions[2]).status == (isTaken ? 200 : 409), "\(chosen)")
            }
        }
        await registry.kill()
    }

    @Test func everyRefusalHasItsErrorCode() async throws {
        let registry = try await RegistryProcess()
        let ask = registry.asker
        _ = try await ask.register("s", schema("S"))
        #expect(try await ask.send(.GET, "/schemas/types").json as? [String] == ["AVRO"])
        #expect(try await ask.send(.GET, "/subjects/s/versions/latest/schema").text == schema("S"))
        let strict = #"{"type":"record","name":"S","fields":[{"name":"f0","type":"string"}]}"#
        let refused = try await ask.register("s", strict)
        #expect(refused.status == 409 && refused.code == 409)
        #expect(refused.message.contains("version 1: f0: a 32-bit integer can't be read as a string"))
        let asked = try await ask.send(
            .POST,
            "/compatibility/subjects/s/versions/latest?verbose=true",
            ["schema": strict]
        )
        #expect(asked.fields["is_compatible"] as? Bool == false)
        #expect((asked.fields["messages"] as? [String])?.count == 1)
        #expect(try await ask.send(.GET, "/subjects/s/versions/first").code == 42202)
        #expect(try await ask.send(.GET, "/subjects/s/versions/0").code == 42202)
        #expect(try await ask.send(.GET, "/subjects/s%00/versions").code == 42208)
        #expect(try await ask.send(.GET, "/nothing").status == 404)
        #expect(try await ask.send(.PUT, "/subjects").status == 405)
        #expect(try await ask.send(.POST, "/subjects/s/versions", text: "{").status == 400)
        #expect(try await ask.send(.POST, "/subjects/s/versions", text: "{}").status == 422)
        #expect(try await ask.register("s", schema("S"), ["schemaType": "JSON"]).code == 42201)
        #expect(try await ask.register("s", schema("S"), ["references": [["name": "x"]]]).code == 42201)
        let plain = try await ask.send(
            .POST,
            "/subjects/s/versions",
            text: #"{"schema":"\"int\""}"#,
            type: "text/plain"
        )
        #expect(plain.status == 415)
        let long = String(repeating: "x", count: (1 << 20) + 1)
        #expect(try await ask.send(.POST, "/subjects/s/versions", text: long).status == 413)
        // After all of this the registry still serves.
        #expect(try await ask.send(.GET, "/subjects/s/versions").json as? [Int] == [1])
        await registry.kill()
    }
}
