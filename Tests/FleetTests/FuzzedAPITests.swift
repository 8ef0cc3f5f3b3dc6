import Foundation
import LocalServers
import TestSupport
import Testing

/// The API as its document describes it, tried by somebody who knows nothing but the document.
@Suite struct FuzzedAPITests {
    /// Two minutes of schemathesis through the gateway of a real fleet: no 5xx, no status that the document does not name, no body
    /// of another shape.
    @Test func theFleetAnswersAsItsDocumentSays() async throws {
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
                    // Where it runs it keeps what failed, and would begin the next run with that.
                    "env", "--chdir=\(fleet.directory.path)", tool, "run", "\(fleet.gateway)/openapi.json", "--header",
                    "Authorization: Bearer \(api.token)",
                    "--max-time", "120", "--seed", "8", "--no-color", "--no-shrink",
                    "--generation-database", "none", "--report-dir", fleet.directory.appending(path: "fuzz").path,
                    "--checks",
                    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                    // Its token would end for all that comes after it.
                    "--exclude-path", "/api/v1/auth/logout",
                ]
            )
        }
    }
}
