import Foundation
import LocalServers
import TestSupport
import Testing

/// Tests the API as a client would that knows only its document.
@Suite struct FuzzedAPITests {
    /// Two minutes of schemathesis through the gateway of a real fleet: no 5xx, no undocumented status, and no undocumented body.
    @Test func theFleetAnswersAsDocumented() async throws {
        let tool = Python.path(".local/venv/bin/schemathesis")
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            print(
                "SKIPPED: the fuzzing of the API needs schemathesis in .local/venv; deploy/local/setup.sh installs it"
            )
            return
        }
        try await Fleet.run { fleet in
            let api = try await API(base: fleet.gateway).login(Fleet.administrator)
            try await Tool.run(
                [
                    // The tool stores failed cases in its working directory and would start the next run with them.
                    "env", "--chdir=\(fleet.directory.path)", tool, "run", "\(fleet.gateway)/openapi.json", "--header",
                    "Authorization: Bearer \(api.token)",
                    "--max-time", "120", "--seed", "8", "--no-color", "--no-shrink",
                    "--generation-database", "none", "--report-dir", fleet.directory.appending(path: "fuzz").path,
                    "--checks",
                    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                    // A logout would end the session that the later requests use.
                    "--exclude-path", "/api/v1/auth/logout",
                ]
            )
        }
    }
}
