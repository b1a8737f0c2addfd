// Generated from functions/api/openapi.yaml by generate.mjs: change that file, then run it again.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page that shows tests, drives them and compares them
         * @description For browsers, which accept `text/html`. Other clients get a 404.
         */
        get: operations["getPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/page/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of that page */
        get: operations["getPageFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The version of the contract, and of the service behind it */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["getDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description as a page */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of the API's page */
        get: operations["getDocsFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service's storage answers */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The shared test cases
         * @description Built-in ones first, then uploaded ones. An uploaded file hides a built-in of the same name. An uploaded test
         *     case has a `status`: `ready`, `checking` while its newest upload is being checked, or `refused`, with every
         *     reason.
         */
        get: operations["getTestcases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The test cases of a namespace */
        get: operations["getNamespaceTestcases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{testcaseid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a shared, uploaded test case
         * @description Needs a privileged account. If the test case hid a built-in one, the built-in one is listed again. With
         *     `file`, only this file beside the FMU is deleted: if the FMU contains a file of that name, that one counts
         *     again after a check.
         */
        delete: operations["deleteTestcase"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{testcaseid}/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The description of a test case
         * @description An extension of this service. `409` while the upload is being checked.
         */
        get: operations["getAboutTestcase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{testcaseid}/post-form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A form to upload a shared test case
         * @description Needs a privileged account. Post all `fields` and then a part `file`, as multipart, to `url` within an hour,
         *     and expect `204`. From then on the test case is listed and can be selected: `select` waits for the check of
         *     the file.
         *
         *     The file is an FMU for FMI 2.0 or 3.0 (Co-Simulation or Model Exchange, x86-64 Linux) of 256 MiB at most, whose
         *     `resources/` contains `config.json`, `kpis.json`, `days.json` and CSV files of boundary data, as in BOPTEST's
         *     test cases. A file that the FMU lacks, or that replaces one of the FMU's, is uploaded beside the FMU, with a
         *     form for `file`: no FMU must be zipped again. The newest upload of each file counts. A running test keeps its
         *     version when newer files are uploaded.
         *
         *     All uploads of an account together have at most 2 GiB and 200 files, unless the operator sets other limits.
         *     The same limits apply to a namespace, and to the shared test cases. A form accepts only as much as there is
         *     room for, and counts as a file until it expires.
         */
        get: operations["getPostForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{testcaseid}/select": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a test, and wait until it runs
         * @description If the call has an account's key, the test belongs to this account. While the newest upload of the test case is
         *     being checked, the call waits. A refused test case is answered `400`, with every reason in `reasons`. Of the body
         *     only `count` is read. With it the call starts so many tests, or none, and waits until all of them run. As for
         *     one, a longer wait is answered `303`, or `202` with the ids for `Prefer: respond-async`; the place in `Location`
         *     answers when the last one runs. Commands can be sent to Queued tests, too.
         */
        post: operations["select"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{testcaseid}/select-async": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a test, without waiting
         * @description The test is Queued at first. Commands can be sent at once; they are carried out when the test runs.
         */
        post: operations["selectAsync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{namespace}/{testcaseid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an uploaded test case of a namespace
         * @description Needs a privileged account.
         */
        delete: operations["deleteNamespaceTestcase"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{namespace}/{testcaseid}/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The description of a test case of a namespace */
        get: operations["getAboutNamespaceTestcase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{namespace}/{testcaseid}/post-form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A form to upload a test case into a namespace
         * @description Needs a privileged account.
         */
        get: operations["getNamespacePostForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{namespace}/{testcaseid}/select": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a test of a namespace's test case, and wait until it runs */
        post: operations["selectInNamespace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/testcases/{namespace}/{testcaseid}/select-async": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a test of a namespace's test case, without waiting */
        post: operations["selectAsyncInNamespace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ids of a user's tests */
        get: operations["getUserTests"];
        put?: never;
        post?: never;
        /**
         * Stop all tests of a user
         * @description As `PUT /stop/{testid}` for each test. One call takes 15 s at most; if tests are left, repeat the call.
         */
        delete: operations["stopUserTests"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/testcases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A user's private test cases */
        get: operations["getUserTestcases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/testcases/{testcaseid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a private test case */
        delete: operations["deleteUserTestcase"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/testcases/{testcaseid}/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The description of a private test case */
        get: operations["getAboutUserTestcase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/testcases/{testcaseid}/post-form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A form to upload a private test case */
        get: operations["getUserPostForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/testcases/{testcaseid}/select": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a test of a private test case, and wait until it runs */
        post: operations["selectOfUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}/testcases/{testcaseid}/select-async": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a test of a private test case, without waiting */
        post: operations["selectAsyncOfUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/status/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a test is Queued or Running */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/name/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The name of the test case */
        get: operations["getName"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/about/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The description of a test's test case
         * @description An extension of this service. One call answers everything that a client needs to display a test.
         */
        get: operations["getAboutTest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/inputs/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The inputs that a controller can overwrite
         * @description Points come in pairs: `<name>_u` is the value, `<name>_activate` tells whether the value replaces the
         *     emulator's own control signal.
         */
        get: operations["getInputs"];
        /**
         * Set inputs without a step
         * @description An extension of this service. The next step of a client or a run uses these inputs. An input that is not
         *     named keeps its value. A value outside its limits is clipped, with a warning in `message`. `null` counts as
         *     left out.
         */
        put: operations["setInputs"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/measurements/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The measurements that a controller can read */
        get: operations["getMeasurements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/points/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The current value of every point
         * @description An extension of this service. The answer of the last command that simulated.
         */
        get: operations["getPoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/step/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The length of a step */
        get: operations["getStep"];
        /** Set the length of a step */
        put: operations["setStep"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/initialize/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Begin again at another time
         * @description Simulates from `start_time - warmup_period`, but not from before 0, up to `start_time`. Clock, emulator,
         *     stored results, KPIs and the scenario's end are reset, and no input overwrites anything any more. The
         *     warm-up's samples can be read with `results`; KPIs count from `start_time` on.
         */
        put: operations["initialize"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/advance/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Simulate one step, or many at once
         * @description Inputs keep their values until they are set again. A value outside its limits is clipped, with a warning in
         *     `message`. A step never passes the test's end: it stops there, and later steps answer `{}`.
         *
         *     An extension of this service: a list of inputs simulates as many steps, at most 1,000, as one command. All
         *     steps take effect, or none: if one step is refused, the message names it. The payload is the list of values
         *     after each step, shorter if the test has ended. For `time_rat` such a call counts as one advance.
         */
        post: operations["advance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tests/{testid}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the test runs by itself
         * @description `behind` is the delay of the next step in seconds; 0 if it is on time. `late` describes steps that were taken
         *     more than 2 s after they were due, with the times of the latest ones: after an outage the service takes all
         *     missing steps, late, and lists them here. The payload is null if the test has never run by itself.
         */
        get: operations["getRun"];
        put?: never;
        /**
         * Let the test run by itself
         * @description The test advances at `speed` times real time, from its current state, with its current inputs: set them with
         *     `PUT inputs`. A step is taken when real time reaches its end. Steps that are less than a second apart are taken
         *     together, about once a second. No process waits in between. Each step has a cost: a run that no client reads
         *     for 12 hours is paused.
         *
         *     During a run, every other change of the test's clock is answered `409`: advance, initialize, restore, another
         *     step, another time period. A second `POST` begins a new run in place of the first.
         */
        post: operations["startRun"];
        /**
         * Pause the run
         * @description Pauses after the current step. The test keeps its state, and can be advanced by commands again. `POST`
         *     continues. Without a run, nothing changes.
         */
        delete: operations["pauseRun"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rollout/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try inputs, without changing the test
         * @description Simulates one or more candidates, each a list of steps' inputs, from the test's current state, and answers the
         *     results of each: the values after every step, and the KPIs of the rollout alone and in total, with the prices
         *     of the current scenario (except `time_rat`, which measures real time). The test does not change, so that the
         *     call can be repeated. Advancing by the same steps afterwards gives the same values and KPIs, bit for bit.
         *
         *     Inputs follow the rules of `advance`: kept from step to step, clipped with a warning, and refused with the
         *     candidate and step in the message. A candidate ends at the test's end, and then has fewer values than steps.
         *
         *     A long rollout becomes a request of its own: it is answered like every long command, under an id that is not
         *     the test's. One call can have 1,000 candidates, 100,000 steps together, ten simulated years together, an
         *     answer of about 4 MB, and five minutes of computing; `413` tells the limit.
         */
        post: operations["rollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/checkpoints/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The test's checkpoints */
        get: operations["getCheckpoints"];
        put?: never;
        /**
         * Save the test's state under a name
         * @description Saves state, clock, step, scenario, KPIs and results. A test can have 100 checkpoints; they are deleted when
         *     it is stopped. `409` if the name is taken, `429` if there are too many.
         */
        post: operations["makeCheckpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/checkpoints/{testid}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a checkpoint
         * @description Tests that were forked from the checkpoint stay.
         */
        delete: operations["deleteCheckpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/restore/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Go back to a checkpoint
         * @description The test's state, clock, step, scenario, KPIs and results are as they were when the checkpoint was made; later
         *     results are deleted. The same inputs then give the same trajectory, bit for bit. All checkpoints stay, later
         *     ones, too.
         */
        put: operations["restore"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/fork/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make tests that begin at the state of this test
         * @description Or at the state of one of its checkpoints. The new tests are Running at once, belong to the caller, and are
         *     independent of this test and of each other. They have its history, results included; the history is shared,
         *     not copied, and is deleted with the last test that needs it.
         *
         *     A test that belongs to no account can be forked by every client that knows its id. A test of an account needs
         *     the account's key.
         */
        post: operations["fork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/results/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Samples of points over time
         * @description All samples with `start_time ≤ time ≤ final_time`; none if `final_time` is before `start_time`. Beside inputs
         *     and measurements, the points of `forecast_points` are allowed: the boundary conditions at the samples' times.
         *
         *     An extension of this service: `points` thins the samples for a plot. If there are more samples, the time is
         *     divided into equal parts; each part gives two rows, with the smallest and the largest value of each point in
         *     their order in time. A large answer comes by `303` from a signed URL that is valid for 15 minutes. An answer
         *     that takes too long to write, from about 12 million values on, is refused with 400, which tells the largest
         *     possible `final_time`.
         */
        put: operations["getResults"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpi/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The key performance indicators since the test's start */
        get: operations["getKpis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stop/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Remove a test
         * @description Removes a queued or running test. Calls that still wait are answered that it was stopped; afterwards the test is unknown.
         */
        put: operations["stop"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenario/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The current scenario */
        get: operations["getScenario"];
        /**
         * Change the scenario
         * @description If price or time period is left out, it stays; if uncertainties or seed are left out, they are unset. A time
         *     period initializes the test to a week before its day, after a week of warm-up, and ends it two weeks later. A
         *     bad value in one field refuses the whole call. Null counts as left out.
         */
        put: operations["setScenario"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forecast_points/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The points that can be forecast */
        get: operations["getForecastPoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forecast/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Boundary conditions from now on
         * @description Values from the test's time on, every `interval` up to and including `horizon`. Weather is interpolated
         *     linearly; every other point keeps its last value; the data's year repeats. Under the scenario's uncertainties,
         *     outdoor temperature and solar irradiation have an error that is drawn once per hour; such a forecast reaches
         *     48 hours at most. With a seed, the same sequence of calls gives the same errors.
         */
        put: operations["getForecast"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/submit/{testid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a finished test to the results dashboard
         * @description Only a test that has reached the end of a scenario's time period can be reported. The service does not store
         *     the key, so that it sends the report within this call: `Prefer: respond-async` is ignored, and a test that has
         *     other requests to answer for longer than the call can wait is answered `409`.
         */
        post: operations["submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send many messages, to any tests, in one call
         * @description Takes the messages of BOPTEST's WebSocket, up to 256, and answers them in their order. Messages to one test
         *     take effect in their order, each once and by itself: one that fails, fails alone. The methods are those of
         *     BOPTEST's worker, and `checkpoint`, `restore`, `delete_checkpoint`, `get_checkpoints`, `get_points`,
         *     `set_inputs`, `run`, `pause`, `get_run`, `rollout`, `fork`. `params` is the body of the endpoint of the same
         *     purpose, `{}` where it has none; `advance` takes a list, too, and `with` beside `params` as the endpoint takes
         *     it in its query. What is small is computed in the call; all the rest goes to workers together and is waited
         *     for together.
         *
         *     With an Idempotency-Key, all commands of the batch take effect once, however often it is sent. An answer of
         *     more than 256 KB is put into storage: its `responsedata` has status 303 and the `url` at which it can be
         *     fetched.
         */
        post: operations["batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batches/{batchid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask for what took longer than a batch, or a select of many
         * @description The answers of a batch in the order of its messages; or, of a `select` with `count`, the ids of its tests, once all
         *     of them run.
         */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{testid}/{requestid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The answer of a request
         * @description The answer with its own status. It is kept for an hour, unless the test has 1,000 newer answers or 32 MB of
         *     newer large ones. Every method is allowed, for clients that keep their method after a `303`.
         */
        get: operations["getRequest"];
        /** The same as GET */
        put: {
            parameters: {
                query?: {
                    /** @description How long to wait for the answer, s. */
                    wait?: number;
                    /** @description How often the client was redirected; above 0, it is redirected again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description The test's id, as `select` answered it. */
                    testid: components["parameters"]["testid"];
                    requestid: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Done"] | components["schemas"]["Selected"];
                    };
                };
                202: components["responses"]["Accepted"];
                303: components["responses"]["SeeOther"];
                /** @description Bad input, or an unknown test; or a test that could not start, because its upload was refused. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Refusal"] | components["schemas"]["UnknownTest"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: components["responses"]["NoRequest"];
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                429: components["responses"]["TooMany"];
                431: components["responses"]["HeadersTooLarge"];
                500: components["responses"]["Failed"];
                502: components["responses"]["NoDashboard"];
                503: components["responses"]["Unavailable"];
                504: components["responses"]["NoDashboard"];
            };
        };
        /** The same as GET */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for the answer, s. */
                    wait?: number;
                    /** @description How often the client was redirected; above 0, it is redirected again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description The test's id, as `select` answered it. */
                    testid: components["parameters"]["testid"];
                    requestid: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Done"] | components["schemas"]["Selected"];
                    };
                };
                202: components["responses"]["Accepted"];
                303: components["responses"]["SeeOther"];
                /** @description Bad input, or an unknown test; or a test that could not start, because its upload was refused. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Refusal"] | components["schemas"]["UnknownTest"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: components["responses"]["NoRequest"];
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                429: components["responses"]["TooMany"];
                431: components["responses"]["HeadersTooLarge"];
                500: components["responses"]["Failed"];
                502: components["responses"]["NoDashboard"];
                503: components["responses"]["Unavailable"];
                504: components["responses"]["NoDashboard"];
            };
        };
        /** The same as GET */
        delete: {
            parameters: {
                query?: {
                    /** @description How long to wait for the answer, s. */
                    wait?: number;
                    /** @description How often the client was redirected; above 0, it is redirected again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description The test's id, as `select` answered it. */
                    testid: components["parameters"]["testid"];
                    requestid: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Done"] | components["schemas"]["Selected"];
                    };
                };
                202: components["responses"]["Accepted"];
                303: components["responses"]["SeeOther"];
                /** @description Bad input, or an unknown test; or a test that could not start, because its upload was refused. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Refusal"] | components["schemas"]["UnknownTest"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: components["responses"]["NoRequest"];
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                429: components["responses"]["TooMany"];
                431: components["responses"]["HeadersTooLarge"];
                500: components["responses"]["Failed"];
                502: components["responses"]["NoDashboard"];
                503: components["responses"]["Unavailable"];
                504: components["responses"]["NoDashboard"];
            };
        };
        options?: never;
        head?: never;
        /** The same as GET */
        patch: {
            parameters: {
                query?: {
                    /** @description How long to wait for the answer, s. */
                    wait?: number;
                    /** @description How often the client was redirected; above 0, it is redirected again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description The test's id, as `select` answered it. */
                    testid: components["parameters"]["testid"];
                    requestid: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Done"] | components["schemas"]["Selected"];
                    };
                };
                202: components["responses"]["Accepted"];
                303: components["responses"]["SeeOther"];
                /** @description Bad input, or an unknown test; or a test that could not start, because its upload was refused. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Refusal"] | components["schemas"]["UnknownTest"];
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                404: components["responses"]["NoRequest"];
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                429: components["responses"]["TooMany"];
                431: components["responses"]["HeadersTooLarge"];
                500: components["responses"]["Failed"];
                502: components["responses"]["NoDashboard"];
                503: components["responses"]["Unavailable"];
                504: components["responses"]["NoDashboard"];
            };
        };
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Message: {
            /** @description Comes back as `responseid`. */
            requestid: string;
            testid: string;
            method: string;
            params: Record<string, never> | unknown[];
            /** @description Of `advance` alone. */
            with?: (string | Record<string, never>)[];
            /** @description As the header Idempotency-Key, of this message alone. It goes before that of the batch. */
            idempotency_key?: string;
            /** @description As the header Authorization, for this message alone, such as a `fork` for an account. */
            authorization?: string;
        };
        MessageAnswers: {
            /** @description The `requestid` of the message. */
            responseid: unknown;
            responsedata: {
                status: number;
                message: string;
                payload: unknown;
                /** @description What `advance` was asked for besides. */
                with?: Record<string, never>;
                /** @description Where a large answer can be fetched. */
                url?: string;
            };
        }[];
        TestId: string;
        /** @description A number of seconds, or a string of one. */
        Seconds: number | string;
        /** @description The answer of every endpoint with a test id in its path. */
        Envelope: {
            /** @description The HTTP status. */
            status: number;
            /** @description A sentence for people. */
            message: string;
            payload: unknown;
        };
        Done: components["schemas"]["Envelope"] & {
            /** @constant */
            status?: 200;
        };
        Refusal: components["schemas"]["Envelope"] & {
            payload?: null;
        };
        UnknownTest: {
            errors: {
                msg: string;
                /** @constant */
                param: "testid";
                value?: string;
                /** @constant */
                location?: "params";
            }[];
        };
        /** @description A problem (RFC 9457). */
        Problem: {
            /** @constant */
            type: "about:blank";
            status: number;
            detail: string;
            /** @description For an unknown path or method, the routes that come near. */
            routes?: string[];
            /** @description All reasons why an uploaded test case was refused, as sentences. */
            reasons?: string[];
            /** @description The number and size of the uploads that have reached a limit. */
            usage?: {
                bytes: number;
                files: number;
                openForms: number;
            };
            /** @description The limits, open forms included. */
            allowed?: {
                bytes: number;
                files: number;
            };
        };
        /** @description An answer of the gateway in front of the service. */
        GatewayMessage: {
            message: string;
        };
        Selected: {
            testid: components["schemas"]["TestId"];
            /** @description All tests that the call has started, if it had a `count`. */
            testids?: components["schemas"]["TestId"][];
            /** @description For some uploaded test cases: that the model is replayed because its state cannot be saved, or that an image of its memory is, and why. `GET /name` answers it, too. */
            remark?: string;
        };
        PointInfo: {
            Unit: string | null;
            Description: string | null;
            Minimum: number | null;
            Maximum: number | null;
        };
        About: {
            testcaseid: string;
            /** @description Floor area, m². KPIs are per m². */
            area: number;
            /** @description The start time and warm-up period of a new test, s. */
            defaults: {
                start_time: number;
                warmup_period: number;
                step: number;
            };
            /** @description The scenario's time periods, by name, s of the year. */
            time_periods: {
                [key: string]: {
                    start_time: number;
                    final_time: number;
                };
            };
            /**
             * @description The points from which the KPIs are computed: by kind of signal, with its zone in brackets, such as
             *     `AirZoneTemperature[1]` or `ElectricPower`.
             */
            signals: {
                [key: string]: string[];
            };
            inputs: {
                [key: string]: components["schemas"]["PointInfo"];
            };
            measurements: {
                [key: string]: components["schemas"]["PointInfo"];
            };
            forecast_points: {
                [key: string]: {
                    Unit: string;
                    Description: string;
                };
            };
            /** @description A sentence for users of the test case. */
            remark?: string;
        };
        Points: {
            time: number;
        } & {
            [key: string]: number;
        };
        PointsDone: components["schemas"]["Done"] & {
            payload?: components["schemas"]["Points"];
        };
        ColumnsDone: components["schemas"]["Done"] & {
            /** @description Null where the boundary data have a gap. */
            payload?: {
                time: number[];
            } & {
                [key: string]: (number | null)[];
            };
        };
        Run: {
            /** @enum {unknown} */
            status: "running" | "paused" | "ended";
            /** @description Why the run stopped; null while it is running. */
            reason: string | null;
            /** @description Times real time. */
            speed: number | "max";
            /** @description s */
            until: number | null;
            /** Format: date-time */
            began: string;
            /** @description The test's time after the last step of the run, s. */
            time: number;
            /** @description Length of a step */
            step: number;
            /** @description Steps of this run so far. */
            steps: number;
            /**
             * Format: date-time
             * @description When the next step is due.
             */
            next: string | null;
            /** @description The delay of the next step, s. */
            behind: number;
            /** @description Steps that were taken more than 2 s after they were due. */
            late: {
                /** @description The number of steps. */
                steps: number;
                /** @description The largest delay, s. */
                most: number;
                /** @description The last ten groups of late steps at most; the steps of a group were taken together. */
                last: {
                    /** @description The first step of the group, counted from 1. */
                    step: number;
                    /** @description The number of steps. */
                    steps: number;
                    /** @description The test's time after the last step of the group, s. */
                    time: number;
                    /** @description The delay of the first step, s. */
                    late: number;
                    /**
                     * Format: date-time
                     * @description When the steps were taken.
                     */
                    at: string;
                }[];
            };
        };
        Scenario: {
            /** @enum {unknown} */
            electricity_price: "constant" | "dynamic" | "highly_dynamic";
            time_period: string | null;
            /** @enum {unknown} */
            temperature_uncertainty: "low" | "medium" | "high" | null;
            /** @enum {unknown} */
            solar_uncertainty: "low" | "medium" | "high" | null;
            seed: number | null;
        };
        Kpis: {
            /** @description Energy, kWh/m². */
            ener_tot: number | null;
            /** @description Cost of energy, $/m² or €/m². */
            cost_tot: number | null;
            /** @description Emissions, kgCO₂/m². */
            emis_tot: number | null;
            /** @description Thermal discomfort, K·h per zone. */
            tdis_tot: number | null;
            /** @description Indoor air quality discomfort, ppm·h per zone. */
            idis_tot: number | null;
            /** @description Peak electric demand of any 15 minutes, kW/m². */
            pele_tot: number | null;
            /** @description Peak gas demand of any 15 minutes, kW/m². */
            pgas_tot: number | null;
            /** @description Peak district heating demand of any 15 minutes, kW/m². */
            pdih_tot: number | null;
            /** @description The controller's time between two steps over the step's length, on average. */
            time_rat: number | null;
        };
        /** @description 1 to 64 letters, digits, or `_` `.` `-`, with no `.` at the start. */
        CheckpointName: string;
        Checkpoint: {
            name: components["schemas"]["CheckpointName"];
            /** @description The test's time, s. */
            time: number;
            /** @description Stored bytes of the checkpoint */
            bytes: number;
            /** Format: date-time */
            created: string;
        };
        /** @description As `Kpis`, without `time_rat`. */
        SimulatedKpis: {
            /** @description Energy, kWh/m². */
            ener_tot: number | null;
            /** @description Cost of energy, $/m² or €/m². */
            cost_tot: number | null;
            /** @description Emissions, kgCO₂/m². */
            emis_tot: number | null;
            /** @description Thermal discomfort, K·h per zone. */
            tdis_tot: number | null;
            /** @description Indoor air quality discomfort, ppm·h per zone. */
            idis_tot: number | null;
            /** @description Peak electric demand of any 15 minutes, kW/m². */
            pele_tot: number | null;
            /** @description Peak gas demand of any 15 minutes, kW/m². */
            pgas_tot: number | null;
            /** @description Peak district heating demand of any 15 minutes, kW/m². */
            pdih_tot: number | null;
            /** @description The controller's time between two steps over the step's length, on average. */
            time_rat?: number | null;
        };
        Rollout: {
            /** @description The points after each step. */
            values: components["schemas"]["Points"][];
            kpis: {
                /** @description Of the rollout alone. */
                rollout: components["schemas"]["SimulatedKpis"];
                /** @description From the test's start to the rollout's end. */
                total: components["schemas"]["SimulatedKpis"];
            };
            /** @description Every sample after the beginning, as columns of equal length. Only with `samples`. */
            samples?: {
                [key: string]: number[];
            };
        };
    };
    responses: {
        /** @description The description of the test case. */
        About: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Done"] & {
                    payload?: components["schemas"]["About"];
                };
            };
        };
        /** @description The upload of the test case is still being checked. */
        StillChecked: {
            headers: {
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A bare array. */
        Testcases: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    testcaseid: string;
                    /** @enum {unknown} */
                    status?: "ready" | "checking" | "refused";
                    reasons?: string[];
                }[];
            };
        };
        /** @description The test's id, without an envelope. */
        Selected: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Selected"];
            };
        };
        /** @description There is no answer yet. It will be at `Location`. */
        Accepted: {
            headers: {
                location: string;
                "retry-after": string;
                "preference-applied"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"] | components["schemas"]["Selected"];
            };
        };
        /** @description The answer is the one whose ETag was sent in `If-None-Match`. */
        NotModified: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /**
         * @description There is no answer yet: go on waiting at `Location`. Or the answer is too large for this response: GET it from
         *     `Location`, which is a URL of S3 then. Clients that follow redirects get the answer; for all others the body
         *     tells how to go on.
         */
        SeeOther: {
            headers: {
                location: string;
                "preference-applied"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    /** @constant */
                    status: 303;
                    message: string;
                    payload: null;
                    /** @constant */
                    method: "GET";
                    /**
                     * Format: uri
                     * @description `Location` as a whole URL.
                     */
                    url: string;
                    /**
                     * Format: uri
                     * @description The same place, which answers `202` until there is an answer, and never redirects.
                     */
                    poll?: string;
                };
            };
        };
        /** @description Bad input, which `message` names, and nothing has changed; or an unknown test. */
        BadTestRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"] | components["schemas"]["UnknownTest"];
            };
        };
        /** @description Bad input. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A missing or unknown key, or one without the right. */
        Unauthorized: {
            headers: {
                "www-authenticate": "Key";
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The uploads have reached a limit. `detail` tells which limit and how to make room; `usage` and `allowed` have
         *     the numbers.
         */
        OverQuota: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unknown. */
        NotThere: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is unknown. */
        NoRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test belongs to an account, and the key is missing, unknown or another account's. */
        NotYours: {
            headers: {
                "www-authenticate": "Key";
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The checkpoint or the request is unknown. */
        NoCheckpoint: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test has a checkpoint of that name already. */
        CheckpointExists: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test has 100 checkpoints, or 64 unanswered requests already. */
        TooManyCheckpoints: {
            headers: {
                "retry-after"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test runs by itself, and nothing has changed. `message` tells how to pause it. */
        RunsByItself: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test is still Queued and cannot answer yet. */
        StillQueued: {
            headers: {
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The answer is no longer kept. */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body has more than 1 MB; or the call is larger than a limit, which `message` tells. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"] | components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The Idempotency-Key was used for another request. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description A limit is reached: the test has 64 unanswered requests or gets too many requests per second; too many calls
         *     from this address wait; or the caller has too many open tests. `Retry-After` tells when to try again, and
         *     `RateLimit` and `RateLimit-Policy`, for rates, what is left.
         */
        TooMany: {
            headers: {
                "retry-after": string;
                ratelimit?: string;
                "ratelimit-policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The headers together have more than 8 KB. */
        HeadersTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The simulation failed, and the test has not changed; or the service failed. */
        Failed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The dashboard refused the report, with this status; or it could not be reached, or did not answer in time. */
        NoDashboard: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The service cannot reach its storage. */
        Unavailable: {
            headers: {
                "retry-after"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"] | components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The test's id, as `select` answered it. */
        testid: string;
        /** @example testcase1 */
        testcaseid: string;
        namespace: string;
        /** @description The name of the account. */
        user: string;
        /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
        prefer: string;
        /** @description The `ETag` of an answer. While the answer stays the same, the call is answered `304`, without a body. */
        ifNoneMatch: string;
        /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
        idempotencyKey: string;
        /**
         * @description Uploads a file beside the FMU instead of the FMU itself. It replaces the file of its name in the FMU's
         *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. At
         *     most 32 CSV files are allowed.
         */
        file: string;
        /** @description Deletes only this file beside the FMU, not the test case. */
        besideFile: string;
        /** @description As for commands. Without an account it must be a UUID. */
        selectIdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The page has not changed. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
        };
    };
    getPageFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A script or a style sheet. Its name changes with its content. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                    "text/css": string;
                };
            };
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both versions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            /**
                             * @description The contract's version.
                             * @constant
                             */
                            version: "1.0.0-dev";
                            /** @description The service's version. */
                            service: string;
                        };
                    };
                };
            };
            431: components["responses"]["HeadersTooLarge"];
        };
    };
    getDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
            431: components["responses"]["HeadersTooLarge"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            431: components["responses"]["HeadersTooLarge"];
        };
    };
    getDocsFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A script or a style sheet. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                    "text/css": string;
                };
            };
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether Redis and S3 answer, and after how many milliseconds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        status: "ok" | "unavailable";
                        redis: {
                            ok: boolean;
                            ms: number;
                        };
                        s3: {
                            ok: boolean;
                            ms: number;
                        };
                        /** @description The rights that the process of the latest compiled model gave up before it loaded the model; null if no model has run. False: the system cannot take this right away. */
                        confinement: null | {
                            /** @description All files except the system's, its package and its own folder (Landlock). */
                            files: boolean;
                            /** @description System calls that the model does not need (seccomp). */
                            calls: boolean;
                            /** @description The process was not root and had no capability. */
                            user: boolean;
                            /** Format: date-time */
                            at: string;
                        };
                    };
                };
            };
            /** @description Whether Redis and S3 answer, and after how many milliseconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {unknown} */
                        status: "ok" | "unavailable";
                        redis: {
                            ok: boolean;
                            ms: number;
                        };
                        s3: {
                            ok: boolean;
                            ms: number;
                        };
                        /** @description The rights that the process of the latest compiled model gave up before it loaded the model; null if no model has run. False: the system cannot take this right away. */
                        confinement: null | {
                            /** @description All files except the system's, its package and its own folder (Landlock). */
                            files: boolean;
                            /** @description System calls that the model does not need (seccomp). */
                            calls: boolean;
                            /** @description The process was not root and had no capability. */
                            user: boolean;
                            /** Format: date-time */
                            at: string;
                        };
                    };
                };
            };
        };
    };
    getTestcases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Testcases"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getNamespaceTestcases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                namespace: components["parameters"]["namespace"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Testcases"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteTestcase: {
        parameters: {
            query?: {
                /** @description Deletes only this file beside the FMU, not the test case. */
                file?: components["parameters"]["besideFile"];
            };
            header?: never;
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The test case or file is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        testcaseid: string;
                        file?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAboutTestcase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["About"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            409: components["responses"]["StillChecked"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPostForm: {
        parameters: {
            query?: {
                /**
                 * @description Uploads a file beside the FMU instead of the FMU itself. It replaces the file of its name in the FMU's
                 *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. At
                 *     most 32 CSV files are allowed.
                 */
                file?: components["parameters"]["file"];
            };
            header?: never;
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The URL, and the fields to post. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        url: string;
                        fields: {
                            [key: string]: string;
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["OverQuota"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    select: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description As for commands. Without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Start so many tests, all or none. */
                    count?: number;
                };
            };
        };
        responses: {
            200: components["responses"]["Selected"];
            /** @description The test is Queued. `Location` answers when it runs. */
            202: {
                headers: {
                    location: string;
                    "retry-after": string;
                    "preference-applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selected"];
                };
            };
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    selectAsync: {
        parameters: {
            query?: never;
            header?: {
                /** @description As for commands. Without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Start so many tests, all or none. */
                    count?: number;
                };
            };
        };
        responses: {
            200: components["responses"]["Selected"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteNamespaceTestcase: {
        parameters: {
            query?: {
                /** @description Deletes only this file beside the FMU, not the test case. */
                file?: components["parameters"]["besideFile"];
            };
            header?: never;
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The test case or file is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        testcaseid: string;
                        file?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAboutNamespaceTestcase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["About"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            409: components["responses"]["StillChecked"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getNamespacePostForm: {
        parameters: {
            query?: {
                /**
                 * @description Uploads a file beside the FMU instead of the FMU itself. It replaces the file of its name in the FMU's
                 *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. At
                 *     most 32 CSV files are allowed.
                 */
                file?: components["parameters"]["file"];
            };
            header?: never;
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The URL, and the fields to post. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        url: string;
                        fields: {
                            [key: string]: string;
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["OverQuota"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    selectInNamespace: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description As for commands. Without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Start so many tests, all or none. */
                    count?: number;
                };
            };
        };
        responses: {
            200: components["responses"]["Selected"];
            /** @description The test is Queued. `Location` answers when it runs. */
            202: {
                headers: {
                    location: string;
                    "retry-after": string;
                    "preference-applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selected"];
                };
            };
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    selectAsyncInNamespace: {
        parameters: {
            query?: never;
            header?: {
                /** @description As for commands. Without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Start so many tests, all or none. */
                    count?: number;
                };
            };
        };
        responses: {
            200: components["responses"]["Selected"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUserTests: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ids, sorted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestId"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    stopUserTests: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of stopped tests, and of those left. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stopped: number;
                        left: number;
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUserTestcases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Testcases"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteUserTestcase: {
        parameters: {
            query?: {
                /** @description Deletes only this file beside the FMU, not the test case. */
                file?: components["parameters"]["besideFile"];
            };
            header?: never;
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The test case or file is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        testcaseid: string;
                        file?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAboutUserTestcase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["About"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            409: components["responses"]["StillChecked"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUserPostForm: {
        parameters: {
            query?: {
                /**
                 * @description Uploads a file beside the FMU instead of the FMU itself. It replaces the file of its name in the FMU's
                 *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. At
                 *     most 32 CSV files are allowed.
                 */
                file?: components["parameters"]["file"];
            };
            header?: never;
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The URL, and the fields to post. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        url: string;
                        fields: {
                            [key: string]: string;
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["OverQuota"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    selectOfUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Start so many tests, all or none. */
                    count?: number;
                };
            };
        };
        responses: {
            200: components["responses"]["Selected"];
            /** @description The test is Queued. `Location` answers when it runs. */
            202: {
                headers: {
                    location: string;
                    "retry-after": string;
                    "preference-applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selected"];
                };
            };
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    selectAsyncOfUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The name of the account. */
                user: components["parameters"]["user"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Start so many tests, all or none. */
                    count?: number;
                };
            };
        };
        responses: {
            200: components["responses"]["Selected"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotThere"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an answer. While the answer stays the same, the call is answered `304`, without a body. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A bare JSON string. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": "Queued" | "Running";
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadTestRequest"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            name: string;
                        };
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAboutTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["About"];
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getInputs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Points, with unit, description and limits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            [key: string]: components["schemas"]["PointInfo"];
                        };
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    setInputs: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "oveAct_u": 1000,
                 *       "oveAct_activate": 1
                 *     }
                 */
                "application/json": {
                    [key: string]: number | string | boolean | null;
                };
                "application/x-www-form-urlencoded": {
                    [key: string]: number | string | boolean | null;
                };
            };
        };
        responses: {
            /** @description The values of all inputs for the next step. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            [key: string]: number;
                        };
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMeasurements: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Points, with unit, description and limits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            [key: string]: components["schemas"]["PointInfo"];
                        };
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPoints: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an answer. While the answer stays the same, the call is answered `304`, without a body. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The values. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PointsDone"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getStep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Seconds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: number;
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    setStep: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    step: components["schemas"]["Seconds"];
                };
                "application/x-www-form-urlencoded": {
                    step: components["schemas"]["Seconds"];
                };
            };
        };
        responses: {
            /** @description The step is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            step: number;
                        };
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            409: components["responses"]["RunsByItself"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    initialize: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    start_time: components["schemas"]["Seconds"];
                    warmup_period: components["schemas"]["Seconds"];
                    /** @description The time at which the test ends; left out or null for no end. */
                    final_time?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    start_time: components["schemas"]["Seconds"];
                    warmup_period: components["schemas"]["Seconds"];
                    /** @description The time at which the test ends; left out or null for no end. */
                    final_time?: number | string | null;
                };
            };
        };
        responses: {
            /** @description The value of every point at that time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PointsDone"];
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            409: components["responses"]["RunsByItself"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    advance: {
        parameters: {
            query?: {
                /**
                 * @description Adds a member `with` beside `payload`, computed from the state after the step:
                 *     a JSON list (URL-encoded) of `"kpi"` and `{"forecast": {"point_names", "horizon", "interval"}}`, or the
                 *     name `kpi` alone. Not allowed with a list of steps. If the forecast is refused, so is the step.
                 * @example ["kpi", {"forecast": {"point_names": ["TDryBul"], "horizon": 3600, "interval": 3600}}]
                 */
                with?: string;
            };
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    [key: string]: number | string | boolean | null;
                } | {
                    [key: string]: number | string | boolean | null;
                }[];
                "application/x-www-form-urlencoded": {
                    [key: string]: number | string | boolean | null;
                };
            };
        };
        responses: {
            /**
             * @description The value of every point at the step's end, or `{}` if the test had ended before. For a list of steps: a
             *     list of such values, empty if the test had ended before.
             */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: 200;
                        /** @description A sentence for people. */
                        message: string;
                        payload: components["schemas"]["Points"] | Record<string, never> | components["schemas"]["Points"][];
                        /** @description The answer to the parameter `with`. */
                        with?: {
                            /** @description As `GET kpi` answers it. */
                            kpi?: Record<string, never>;
                            /** @description As `PUT forecast` answers it. */
                            forecast?: Record<string, never>;
                        };
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            409: components["responses"]["RunsByItself"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current or the last run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Run"] | null;
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    startRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Simulated seconds per second of real time, 0.001 to 10,000, or `max`: as fast as workers can, in
                     *     turn with other tests.
                     * @default 1
                     */
                    speed?: number | string;
                    /** @description No step goes past this time, s; left out or null, the run goes on to the scenario's end. */
                    until?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * @description Simulated seconds per second of real time, 0.001 to 10,000, or `max`: as fast as workers can, in
                     *     turn with other tests.
                     * @default 1
                     */
                    speed?: number | string;
                    /** @description No step goes past this time, s; left out or null, the run goes on to the scenario's end. */
                    until?: number | string | null;
                };
            };
        };
        responses: {
            /** @description The current or the last run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Run"] | null;
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    pauseRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current or the last run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Run"] | null;
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    rollout: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The inputs of each step, as `advance` takes them. */
                    inputs?: {
                        [key: string]: number | string | boolean | null;
                    }[];
                    candidates?: {
                        [key: string]: number | string | boolean | null;
                    }[][];
                    /** @description The length of each step, s; by default the test's step. */
                    step?: number | string | null;
                    /** @description The points to answer; by default all. `time` is always included. */
                    points?: string[] | null;
                    /**
                     * @description Whether to answer all samples, beside the values after each step.
                     * @default false
                     */
                    samples?: boolean;
                } & (unknown | unknown);
            };
        };
        responses: {
            /** @description The result of the one candidate under `inputs`; or a list, one result for each of `candidates`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Rollout"] | components["schemas"]["Rollout"][];
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            409: components["responses"]["StillQueued"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCheckpoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Checkpoint"][];
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    makeCheckpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: components["schemas"]["CheckpointName"];
                };
                "application/x-www-form-urlencoded": {
                    name: components["schemas"]["CheckpointName"];
                };
            };
        };
        responses: {
            /** @description The checkpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Checkpoint"];
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoCheckpoint"];
            409: components["responses"]["CheckpointExists"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooManyCheckpoints"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteCheckpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
                name: components["schemas"]["CheckpointName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The checkpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Checkpoint"];
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoCheckpoint"];
            409: components["responses"]["CheckpointExists"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooManyCheckpoints"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    restore: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    checkpoint: components["schemas"]["CheckpointName"];
                };
                "application/x-www-form-urlencoded": {
                    checkpoint: components["schemas"]["CheckpointName"];
                };
            };
        };
        responses: {
            /** @description The value of every point at that time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PointsDone"];
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoCheckpoint"];
            409: components["responses"]["RunsByItself"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    fork: {
        parameters: {
            query?: never;
            header?: {
                /** @description As for commands. Without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 1 */
                    count?: number | string;
                    /** @description Left out or null for the test's current state. */
                    checkpoint?: string | null;
                };
                "application/x-www-form-urlencoded": {
                    /** @default 1 */
                    count?: number | string;
                    /** @description Left out or null for the test's current state. */
                    checkpoint?: string | null;
                };
            };
        };
        responses: {
            /** @description The ids of the new tests. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            testids: components["schemas"]["TestId"][];
                        };
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            401: components["responses"]["NotYours"];
            404: components["responses"]["NoCheckpoint"];
            409: components["responses"]["StillQueued"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    point_names: string[];
                    /** @description May be infinite: `"-inf"`. */
                    start_time: number | string;
                    /** @description May be infinite: `"inf"`. */
                    final_time: number | string;
                    /** @description The largest number of rows in the answer; left out or null for all samples. */
                    points?: number | string | null;
                    /** @description Seconds, at most a year: one sample for each interval, the first in it. Intervals begin at `start_time`, or at the first sample if that is infinite. 3600 gives hourly values. Left out or null for all samples. */
                    interval?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    point_names: string[];
                    /** @description May be infinite: `"-inf"`. */
                    start_time: number | string;
                    /** @description May be infinite: `"inf"`. */
                    final_time: number | string;
                    /** @description The largest number of rows in the answer; left out or null for all samples. */
                    points?: number | string | null;
                    /** @description Seconds, at most a year: one sample for each interval, the first in it. Intervals begin at `start_time`, or at the first sample if that is infinite. 3600 gives hourly values. Left out or null for all samples. */
                    interval?: number | string | null;
                };
            };
        };
        responses: {
            /** @description Columns of equal length, `time` first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColumnsDone"];
                };
            };
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getKpis: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an answer. While the answer stays the same, the call is answered `304`, without a body. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All nine KPIs; null if a KPI does not apply. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Kpis"];
                    };
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    stop: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The test is removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "OK";
                };
            };
            400: components["responses"]["BadTestRequest"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    getScenario: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All five fields; null if a field is not set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: components["schemas"]["Scenario"];
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            503: components["responses"]["Unavailable"];
        };
    };
    setScenario: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    electricity_price?: "constant" | "dynamic" | "highly_dynamic" | null;
                    /** @description One of the test case's named days. */
                    time_period?: string | null;
                    /** @enum {unknown} */
                    temperature_uncertainty?: "none" | "low" | "medium" | "high" | null;
                    /** @enum {unknown} */
                    solar_uncertainty?: "none" | "low" | "medium" | "high" | null;
                    seed?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    /** @enum {unknown} */
                    electricity_price?: "constant" | "dynamic" | "highly_dynamic" | null;
                    /** @description One of the test case's named days. */
                    time_period?: string | null;
                    /** @enum {unknown} */
                    temperature_uncertainty?: "none" | "low" | "medium" | "high" | null;
                    /** @enum {unknown} */
                    solar_uncertainty?: "none" | "low" | "medium" | "high" | null;
                    seed?: number | string | null;
                };
            };
        };
        responses: {
            /** @description The fields that were set, and null for the others; for `time_period` the value of every point after the warm-up. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            /** @enum {unknown} */
                            electricity_price: "constant" | "dynamic" | "highly_dynamic" | null;
                            time_period: components["schemas"]["Points"] | null;
                            /** @enum {unknown} */
                            temperature_uncertainty: "low" | "medium" | "high" | null;
                            /** @enum {unknown} */
                            solar_uncertainty: "low" | "medium" | "high" | null;
                            seed: number | null;
                        };
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            409: components["responses"]["RunsByItself"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getForecastPoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Points, with unit and description. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            [key: string]: {
                                Unit: string;
                                Description: string;
                            };
                        };
                    };
                };
            };
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getForecast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    point_names: string[];
                    horizon: components["schemas"]["Seconds"];
                    /** @description Seconds. */
                    interval: number | string;
                };
                "application/x-www-form-urlencoded": {
                    point_names: string[];
                    horizon: components["schemas"]["Seconds"];
                    /** @description Seconds. */
                    interval: number | string;
                };
            };
        };
        responses: {
            /** @description Columns of equal length, `time` first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColumnsDone"];
                };
            };
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            409: components["responses"]["StillQueued"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    submit: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The client's key for the dashboard. */
                    api_key: string;
                    /** @description `"True"`: answer the report, and send nothing. */
                    unit_test?: unknown;
                } & {
                    [key: string]: string;
                };
                "application/x-www-form-urlencoded": {
                    /** @description The client's key for the dashboard. */
                    api_key: string;
                    /** @description `"True"`: answer the report, and send nothing. */
                    unit_test?: unknown;
                } & {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description The report's identifier; or, with `unit_test`, the report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] & {
                        payload?: {
                            /** Format: uuid */
                            identifier: string;
                        } | {
                            dash_url: string;
                            payload: Record<string, never>;
                        };
                    };
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadTestRequest"];
            404: components["responses"]["NoRequest"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            502: components["responses"]["NoDashboard"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["NoDashboard"];
            "4XX": components["responses"]["NoDashboard"];
            "5XX": components["responses"]["NoDashboard"];
        };
    };
    batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
                Prefer?: components["parameters"]["prefer"];
                /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example [
                 *       {
                 *         "requestid": "1",
                 *         "testid": "9a1de4e2-92b4-4d4b-9b7d-4a3f4b4bb6b1",
                 *         "method": "advance",
                 *         "params": {
                 *           "oveAct_u": 500,
                 *           "oveAct_activate": 1
                 *         },
                 *         "with": [
                 *           "kpi"
                 *         ]
                 *       }
                 *     ]
                 */
                "application/json": components["schemas"]["Message"][];
            };
        };
        responses: {
            /** @description The answers, in the order of the messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswers"];
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotThere"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getBatch: {
        parameters: {
            query?: {
                /** @description How long to wait, s. */
                wait?: number;
                /** @description Counts up; with it, the client is sent on instead of being answered 202. */
                attempt?: number;
            };
            header?: never;
            path: {
                batchid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answers, or the tests. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAnswers"] | components["schemas"]["Selected"];
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotThere"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRequest: {
        parameters: {
            query?: {
                /** @description How long to wait for the answer, s. */
                wait?: number;
                /** @description How often the client was redirected; above 0, it is redirected again instead of being answered `202`. */
                attempt?: number;
            };
            header?: never;
            path: {
                /** @description The test's id, as `select` answered it. */
                testid: components["parameters"]["testid"];
                requestid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"] | components["schemas"]["Selected"];
                };
            };
            202: components["responses"]["Accepted"];
            303: components["responses"]["SeeOther"];
            /** @description Bad input, or an unknown test; or a test that could not start, because its upload was refused. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refusal"] | components["schemas"]["UnknownTest"];
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["NoRequest"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooMany"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Failed"];
            502: components["responses"]["NoDashboard"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["NoDashboard"];
        };
    };
}
