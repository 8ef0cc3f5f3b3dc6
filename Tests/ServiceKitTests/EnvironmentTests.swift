import EventSchema
import Foundation
import Identifiers
import Logging
import Testing

@testable import ServiceKit

@Suite struct EnvironmentTests {
    @Test func allProblemsAreReportedTogetherWithoutTheirValues() {
        let environment = Environment(["HTTP_PORT": "seventy", "DATABASE_URL": "mysql://root:hunter2@host"])
        _ = environment.integer(.init("HTTP_PORT", "the port", default: "80"), in: 0...65_535)
        _ = environment.url(.database, schemes: ["postgres"])
        _ = environment.text(.init("KAFKA_BOOTSTRAP_SERVERS", "the log"))
        #expect {
            try environment.check()
        } throws: { error in
            let text = "\(error)"
            return ["HTTP_PORT", "DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS"].allSatisfy(text.contains)
                && !text.contains("hunter2") && !text.contains("seventy")
        }
    }

    @Test func valuesAreReadAndMissingOnesGetDefaults() throws {
        let environment = Environment(["GATEWAY_TIMEOUT_SECONDS": "7"])
        #expect(environment.integer(.init("GATEWAY_TIMEOUT_SECONDS", "", default: "30"), in: 1...600) == 7)
        #expect(environment.integer(.init("OTHER", "", default: "30"), in: 1...600) == 30)
        #expect(environment.optionalText("MISSING", "") == nil)
        try environment.check()
    }

    @Test func secretsStayOutOfTheLog() {
        nonisolated(unsafe) var lines: [String] = []
        var handler = JSONLogHandler(label: "test", level: .info) { lines.append(String(decoding: $0, as: UTF8.self)) }
        handler[metadataKey: "access_token"] = "abc"
        handler.log(
            event: .init(
                level: .info,
                message: "line\nbreak \"quoted\"",
                metadata: ["Password": "p", "user": "u"],
                source: "",
                file: "",
                function: "",
                line: 0
            )
        )
        let line = lines.joined()
        #expect(line.contains("[redacted]") && !line.contains("abc") && !line.contains("\"p\""))
        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil)
        #expect(line.filter { $0 == "\n" }.count == 1)
    }

    @Test func metricsAreValidText() {
        let metrics = Metrics()
        let counter = metrics.counter("things_total", "Things.", ["kind": "a\"b\\c\nd"])
        counter.increment()
        counter.increment(by: 2)
        #expect(metrics.counter("things_total", "Things.", ["kind": "a\"b\\c\nd"]).total == 3)
        metrics.histogram("seconds", "Time.", buckets: [1, 2]).observe(1.5)
        let text = metrics.render()
        #expect(text.contains("things_total{kind=\"a\\\"b\\\\c\\nd\"} 3.0"))
        #expect(
            text.contains("seconds_bucket{le=\"1.0\"} 0\nseconds_bucket{le=\"2.0\"} 1\nseconds_bucket{le=\"+Inf\"} 1")
        )
        #expect(text.contains("# TYPE seconds histogram"))
    }

    @Test func traceContextsAreParsedStrictly() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.description == text)
        #expect(context.child().trace == context.trace)
        for bad in [
            "", "00-0-0-0", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            text.replacing("0af", with: "xyz"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        ] {
            #expect(TraceContext(traceparent: bad) == nil)
        }
    }
}
