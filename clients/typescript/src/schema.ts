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
         * @description For browsers, which accept `text/html`. For all others there is nothing here.
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
        /** What that page is made of */
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
        /** What the page is made of */
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
         * The test cases that all share
         * @description Built-in ones first, then uploaded ones. An uploaded file hides a built-in of the same name. An uploaded test case
         *     has a `status`: `ready`, `checking` while its newest upload is being checked, or `refused`, with every reason.
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
         * Delete an uploaded test case that all share
         * @description Needs a privileged account. Deleting one that hid a built-in brings that back. With `file`, only this file beside the
         *     FMU is deleted: the FMU's own of that name, if it has one, is in force again as soon as that is checked.
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
         * What is known of a test case before it runs
         * @description This service's own. `409` while its upload is being checked.
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
         * A form to upload a test case with, for all to share
         * @description Needs a privileged account. Post all `fields` and then a part `file`, as multipart, to `url` within an hour, and
         *     expect `204`. From then on the test case is listed, and can be selected: that waits until the file is checked.
         *
         *     The file is an FMU for FMI 2.0 (Co-Simulation or Model Exchange, `linux64`) of 256 MiB at most, whose `resources/`
         *     hold `config.json`, `kpis.json`, `days.json` and CSV files of boundary data, as BOPTEST's test cases do. Of these
         *     files, one that the FMU lacks, or that is to be replaced, is uploaded beside it, with a form for `file`: no FMU need
         *     be zipped again. The newest upload of each counts. A test keeps the version that it began with, whatever is uploaded
         *     later.
         *
         *     All uploads of an account hold 2 GiB and 200 files at most, unless the service is told otherwise; so do those of a
         *     namespace, and those that all share. A form takes no more than there is room for, and counts as a file while it may
         *     still be used.
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
         * Begin a test, and wait until it runs
         * @description The test belongs to the account whose key is sent, if one is. A body is not looked at. While the newest upload of
         *     the test case is being checked, this waits. One that was refused is answered `400`, with every reason in `reasons`.
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
         * Begin a test, without waiting
         * @description The test is Queued at first. Commands may be sent at once, and are carried out when it runs.
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
        /** What is known of a test case of a namespace */
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
         * A form to upload a test case with, into a namespace
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
        /** Begin a test on a test case of a namespace, and wait until it runs */
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
        /** Begin a test on a test case of a namespace, without waiting */
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
        /** The ids of the tests that a user has */
        get: operations["getUserTests"];
        put?: never;
        post?: never;
        /**
         * Stop all tests that a user has
         * @description As `PUT /stop/{testid}` for each of them. One call goes on for 15 s at most; if some are left then, call again.
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
        /** What is known of a private test case */
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
        /** A form to upload a private test case with */
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
        /** Begin a test on a private test case, and wait until it runs */
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
        /** Begin a test on a private test case, without waiting */
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
        /** Whether a test runs yet */
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
         * What is known of a test's test case
         * @description This service's own. All that a client needs to show a test, in one call.
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
         * What a controller may overwrite
         * @description Points come in pairs: `<name>_u` is the value, `<name>_activate` says whether it is used in place of the
         *     emulator's own control.
         */
        get: operations["getInputs"];
        /**
         * Set inputs without a step
         * @description This service's own. Inputs are held: the next step takes them, whoever takes it, a client or a run. One that is not
         *     named keeps its value. A value outside its limits is clipped, with a warning in `message`. `null` and a name that the
         *     body does not have are the same.
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
        /** What a controller may observe */
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
         * @description This service's own. What the last command that simulated has answered.
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
         * @description Simulates from `start_time - warmup_period`, but not from before 0, up to `start_time`. Clock, emulator, stored
         *     results, KPIs and the scenario's end are reset, and all inputs released. The warm-up's samples can be read with
         *     `results`; KPIs count from `start_time` on.
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
         * @description Inputs are held: one that is not named keeps its value. A value outside its limits is clipped, with a warning in
         *     `message`. A step that would pass the end of the test stops there; from then on the payload is `{}`.
         *
         *     This service's own: a list of inputs takes as many steps, up to 1,000, as one command. All of it takes effect, or
         *     nothing: a step that is refused is named, and none is taken. The payload is the list of values after each step,
         *     shorter if the test has ended. For `time_rat` such a call counts as one advance.
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
         * @description `behind` says by how many seconds the next step is late, 0 while it is in time. `late` tells of the steps that were
         *     taken more than 2 s after they were due, and of the newest of them when: a service that was away takes them all,
         *     late, and says so here. The payload is null where the test has never run by itself.
         */
        get: operations["getRun"];
        put?: never;
        /**
         * Let the test run by itself
         * @description The test advances at `speed` times real time, from where it stands, with the inputs that are held: set them with
         *     `PUT inputs`. A step is taken when the clock comes to its end. Steps that are less than a second apart are taken
         *     together, about once a second. No process is kept meanwhile, and each step costs something: a run that nobody looks
         *     at for 12 hours is paused.
         *
         *     While it is running, whatever else moves the test's clock is answered `409`: advance, initialize, restore, another
         *     step, another time period. A second `POST` begins a new run in place of the first.
         */
        post: operations["startRun"];
        /**
         * Pause the run
         * @description After the step that is being taken. The test stays where it is, and can be advanced by hand again. `POST` goes on.
         *     Where nothing is running, nothing changes.
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
         * Try inputs, without taking a step
         * @description Simulates one or many candidates, each a list of steps' inputs, from where the test stands, and tells what would
         *     come of each: the values after every step, and the KPIs of the rollout alone and in total, with the prices of the
         *     scenario in force (`time_rat` apart, which only the clock on the wall can tell). Nothing about the test changes,
         *     so it may be asked at any time, again and again. Taking the same steps afterwards gives the same values and KPIs,
         *     bit for bit.
         *
         *     Inputs are read as `advance` reads them: held from step to step, clipped with a warning, and refused with the
         *     candidate and step named. A candidate ends where the test does: then it has fewer values than steps.
         *
         *     What would take long becomes a request of its own: it is answered like any command that takes long, under an id
         *     that is not the test's. One call may have 1,000 candidates, 100,000 steps together, ten simulated years together,
         *     an answer of about 4 MB, and five minutes of computing; `413` says what would fit.
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
         * Keep the test as it is under a name
         * @description Its state, clock, step, scenario, KPIs and results. A test may have 100 checkpoints; they go when it is stopped.
         *     `409` if there is one of that name, `429` if there are too many.
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
         * @description Tests that were forked from it stay.
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
         * @description The test's state, clock, step, scenario, KPIs and results are as they were when the checkpoint was made; what came
         *     after it is gone. The same inputs then give the same trajectory, bit for bit. Checkpoints stay, later ones too.
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
         * Make tests that begin where this one stands
         * @description Or where one of its checkpoints was made. They are Running at once, the caller's, and independent ever after: of
         *     this test, and of each other. Whatever came before, results included, is theirs as well; it is shared, not
         *     copied, and lives until the last who needs it is gone.
         *
         *     Who knows a test's id may fork it, as long as it belongs to no account. An account's tests take its key.
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
         * @description All samples with `start_time ≤ time ≤ final_time`. Beside inputs and measurements, the points of `forecast_points`
         *     may be asked for: what the boundary conditions were at the samples' times.
         *
         *     This service's own: `points` thins the samples for a plot. Where there are more, the time is cut into equal parts;
         *     each part gives two rows, with the smallest and the largest value of each point in the order in which they came. An answer that is too large for one response comes by `303`
         *     from a signed URL that is good for 15 minutes. One that could not be written in time, some 12 million values, is
         *     refused with 400, which tells the `final_time` that can be asked for instead.
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
         * @description Queued or running. Whoever still waits for an answer is told so; afterwards the test is unknown.
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
        /** The scenario in force */
        get: operations["getScenario"];
        /**
         * Change the scenario
         * @description A price or time period that is left out stays; uncertainties and the seed that are left out are unset. A time
         *     period initializes the test to a week before its day, after a week of warm-up, and ends it two weeks later. A
         *     field with a bad value refuses all. Null counts as left out.
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
        /** What can be forecast */
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
         * @description Values at the test's time, every `interval` up to and including `horizon`. Weather is interpolated linearly, all
         *     else holds its last value; the data's year repeats. Under the scenario's uncertainties, outdoor temperature and
         *     solar irradiation carry an error that is drawn by the hour, and stays the same within it; such a forecast reaches
         *     48 hours at most. With a seed, an error is the same whenever the same calls are made.
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
         * @description Only a test that has gone through a scenario's time period to its end can be reported. The key is kept nowhere, so
         *     the report is sent within this call and not later: `Prefer: respond-async` is not heeded, and a test that has other
         *     requests to answer for longer than the call may wait is `409`.
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
         * @description Takes the messages of BOPTEST's WebSocket, up to 256, and answers them in their order. Messages to one test take
         *     effect in their order, each once and by itself: one that fails, fails alone. The methods are those of BOPTEST's
         *     worker, and `checkpoint`, `restore`, `delete_checkpoint`, `get_checkpoints`, `get_points`, `set_inputs`, `run`, `pause`,
         *     `get_run`, `rollout`, `fork`.
         *     `params` is the body of the endpoint of the same purpose, `{}` where it has none; `advance` takes a list, too,
         *     and `with` beside `params` as the endpoint takes it in its query. What is small is computed in the call; all
         *     the rest goes to workers together and is waited for together.
         *
         *     With an Idempotency-Key, all commands of the batch take effect once, however often it is sent. An answer of more
         *     than 256 KB is put into storage: its `responsedata` has status 303 and the `url` at which it can be fetched.
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
        /** Ask for the answers of a batch that took longer */
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
         * What has become of a request
         * @description Its answer, with the status that it has, for an hour, unless 1,000 newer ones or 32 MB of newer large ones exist.
         *     Takes any method, for clients that keep theirs after a `303`.
         */
        get: operations["getRequest"];
        /** As GET */
        put: {
            parameters: {
                query?: {
                    /** @description For how long to wait for it, s. */
                    wait?: number;
                    /** @description How often the client was sent on; above 0, it is again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description What `select` has answered. */
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
                /** @description Bad input, or a test that there is not; or a test that could not begin, for its upload was refused. */
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
        /** As GET */
        post: {
            parameters: {
                query?: {
                    /** @description For how long to wait for it, s. */
                    wait?: number;
                    /** @description How often the client was sent on; above 0, it is again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description What `select` has answered. */
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
                /** @description Bad input, or a test that there is not; or a test that could not begin, for its upload was refused. */
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
        /** As GET */
        delete: {
            parameters: {
                query?: {
                    /** @description For how long to wait for it, s. */
                    wait?: number;
                    /** @description How often the client was sent on; above 0, it is again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description What `select` has answered. */
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
                /** @description Bad input, or a test that there is not; or a test that could not begin, for its upload was refused. */
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
        /** As GET */
        patch: {
            parameters: {
                query?: {
                    /** @description For how long to wait for it, s. */
                    wait?: number;
                    /** @description How often the client was sent on; above 0, it is again instead of being answered `202`. */
                    attempt?: number;
                };
                header?: never;
                path: {
                    /** @description What `select` has answered. */
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
                /** @description Bad input, or a test that there is not; or a test that could not begin, for its upload was refused. */
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
        /** @description What every endpoint that takes a test id answers. */
        Envelope: {
            /** @description The HTTP status. */
            status: number;
            /** @description For people. */
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
        /** @description Of RFC 9457. */
        Problem: {
            /** @constant */
            type: "about:blank";
            status: number;
            detail: string;
            /** @description Of a path or a method that there is not, the routes that come near. */
            routes?: string[];
            /** @description Why an uploaded test case was refused, all of it, in sentences. */
            reasons?: string[];
            /** @description What the uploads hold that are as many or as large as they may be. */
            usage?: {
                bytes: number;
                files: number;
                openForms: number;
            };
            /** @description What they may hold, open forms included. */
            allowed?: {
                bytes: number;
                files: number;
            };
        };
        /** @description What the gateway in front of the service says itself. */
        GatewayMessage: {
            message: string;
        };
        Selected: {
            testid: components["schemas"]["TestId"];
            /** @description Of an uploaded test case, where there is something to know: that its model is replayed because its state cannot be saved, and why. `GET /name` tells it, too. */
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
            /** @description What a test begins with, s. */
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
             * @description What the KPIs are computed from: by kind of signal, with its zone in brackets, such as
             *     `AirZoneTemperature[1]` or `ElectricPower`, the points that carry it.
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
            /** @description A sentence that users of the test case should read. */
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
            /** @description Why it does not go on; null while it is running. */
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
            /** @description By how much the next step is late, s. */
            behind: number;
            /** @description Steps that were taken more than 2 s after they were due. */
            late: {
                /** @description How many. */
                steps: number;
                /** @description By how much the latest one was late, s. */
                most: number;
                /** @description The newest, up to ten parts, each of steps that were taken together. */
                last: {
                    /** @description The first of them, counted from 1. */
                    step: number;
                    /** @description How many. */
                    steps: number;
                    /** @description The test's time after the last of them, s. */
                    time: number;
                    /** @description By how much the first was late, s. */
                    late: number;
                    /**
                     * Format: date-time
                     * @description When they were taken.
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
            /** @description Peak gas demand, likewise. */
            pgas_tot: number | null;
            /** @description Peak district heating demand, likewise. */
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
            /** @description What is stored for it; result segments are shared with the test. */
            bytes: number;
            /** Format: date-time */
            created: string;
        };
        /** @description As `Kpis`, but for `time_rat`. */
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
            /** @description Peak gas demand, likewise. */
            pgas_tot: number | null;
            /** @description Peak district heating demand, likewise. */
            pdih_tot: number | null;
            /** @description The controller's time between two steps over the step's length, on average. */
            time_rat?: number | null;
        };
        Rollout: {
            /** @description The points after each step. */
            values: components["schemas"]["Points"][];
            kpis: {
                /** @description As if the test had begun where the rollout begins. */
                rollout: components["schemas"]["SimulatedKpis"];
                /** @description Since the test's start, as if the steps had been taken. */
                total: components["schemas"]["SimulatedKpis"];
            };
            /** @description Every sample after the beginning, as columns of equal length. Only if they were asked for. */
            samples?: {
                [key: string]: number[];
            };
        };
    };
    responses: {
        /** @description What is known of the test case. */
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
        /** @description The test's id, bare. */
        Selected: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Selected"];
            };
        };
        /** @description Not answered yet. The answer will be at `Location`. */
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
         * @description Not answered yet: keep waiting at `Location`. Or the answer is too large to be sent here: it is at `Location`, which is
         *     in S3 then. Clients that follow redirects get the answer without knowing; the body says how to go on for all others.
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
                     * @description `Location`, whole.
                     */
                    url: string;
                    /**
                     * Format: uri
                     * @description The same place, which answers `202` until the answer is there, and never redirects.
                     */
                    poll?: string;
                };
            };
        };
        /** @description Bad input, named in `message`, and nothing has changed; or a test that there is not. */
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
        /** @description A key that is missing, nobody's, or without the right. */
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
         * @description The uploads hold as much as they may. `detail` says what counts and how to free it, `usage` and `allowed` say it in
         *     numbers.
         */
        OverQuota: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is none. */
        NotThere: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such request. */
        NoRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test is an account's, whose key is missing; or the key is another's, or nobody's. */
        NotYours: {
            headers: {
                "www-authenticate": "Key";
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test has no such checkpoint; or there is no such request. */
        NoCheckpoint: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description There is a checkpoint of that name. */
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
        /** @description The test runs by itself. `message` says how to pause it. Nothing was changed. */
        RunsByItself: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The test is still Queued, and cannot tell yet. */
        StillQueued: {
            headers: {
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The answer is not kept any more. */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body has more than 1 MB; or more is asked for than one call may have, and `message` says what is. */
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
         * @description Too much at once: the test has 64 unanswered requests already, or is asked about too often; too many calls from
         *     this address wait; or the caller has as many open tests as it may. `Retry-After` says when to come back, and
         *     `RateLimit` and `RateLimit-Policy`, where there is a rate, what is left of it.
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
        /** @description The headers have more than 8 KB together. */
        HeadersTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The simulation failed, and the test is as it was before; or the service did. */
        Failed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The dashboard refused, with this status; or it could not be reached, or did not answer in time. */
        NoDashboard: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The service cannot reach its storage right now. */
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
        /** @description What `select` has answered. */
        testid: string;
        /** @example testcase1 */
        testcaseid: string;
        namespace: string;
        /** @description The name of the account. */
        user: string;
        /** @description `respond-async`: do not wait. `wait=N`: wait no longer than N seconds. (RFC 7240) */
        prefer: string;
        /** @description The `ETag` of an answer. While the answer stays the same, this is answered `304`, without a body. */
        ifNoneMatch: string;
        /** @description 1 to 255 visible ASCII characters, quoted or not, of the client's choice. Kept for an hour. */
        idempotencyKey: string;
        /**
         * @description What is to be uploaded, if not the FMU but a file that is put beside it, in place of those of its name in the FMU's
         *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. There may
         *     be 32 CSV files.
         */
        file: string;
        /** @description The file beside the FMU that is meant, if not all of the test case. */
        besideFile: string;
        /** @description As for commands; without an account it must be a UUID. */
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
            /** @description The page is as it was. */
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
                             * @description The contract's.
                             * @constant
                             */
                            version: "1.0.0-dev";
                            /** @description Our own. */
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
            /** @description Whether Redis and S3 answered just now, and after how many milliseconds. */
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
                        /** @description What the process of the compiled model that ran last had given up before it loaded the model; null where none has run. What is false, the system does not offer. */
                        confinement: null | {
                            /** @description All files but the system's, its package and a folder of its own (Landlock). */
                            files: boolean;
                            /** @description System calls that it does not need (seccomp). */
                            calls: boolean;
                            /** @description It was not root and had no capability. */
                            user: boolean;
                            /** Format: date-time */
                            at: string;
                        };
                    };
                };
            };
            /** @description Whether Redis and S3 answered just now, and after how many milliseconds. */
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
                        /** @description What the process of the compiled model that ran last had given up before it loaded the model; null where none has run. What is false, the system does not offer. */
                        confinement: null | {
                            /** @description All files but the system's, its package and a folder of its own (Landlock). */
                            files: boolean;
                            /** @description System calls that it does not need (seccomp). */
                            calls: boolean;
                            /** @description It was not root and had no capability. */
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
                /** @description The file beside the FMU that is meant, if not all of the test case. */
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
            /** @description It is deleted. */
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
                 * @description What is to be uploaded, if not the FMU but a file that is put beside it, in place of those of its name in the FMU's
                 *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. There may
                 *     be 32 CSV files.
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
            /** @description Where to post, and what. */
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
                /** @description As for commands; without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Selected"];
            /** @description The test is Queued. Its start is answered at `Location`. */
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
                /** @description As for commands; without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
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
                /** @description The file beside the FMU that is meant, if not all of the test case. */
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
            /** @description It is deleted. */
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
                 * @description What is to be uploaded, if not the FMU but a file that is put beside it, in place of those of its name in the FMU's
                 *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. There may
                 *     be 32 CSV files.
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
            /** @description Where to post, and what. */
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
                /** @description As for commands; without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Selected"];
            /** @description The test is Queued. Its start is answered at `Location`. */
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
                /** @description As for commands; without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                namespace: components["parameters"]["namespace"];
                /** @example testcase1 */
                testcaseid: components["parameters"]["testcaseid"];
            };
            cookie?: never;
        };
        requestBody?: never;
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
            /** @description How many were stopped, and how many are left. */
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
                /** @description The file beside the FMU that is meant, if not all of the test case. */
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
            /** @description It is deleted. */
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
                 * @description What is to be uploaded, if not the FMU but a file that is put beside it, in place of those of its name in the FMU's
                 *     `resources/`: `config.json`, `days.json`, `kpis.json`, of 1 MiB at most, or a CSV file of 64 MiB at most. There may
                 *     be 32 CSV files.
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
            /** @description Where to post, and what. */
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
        requestBody?: never;
        responses: {
            200: components["responses"]["Selected"];
            /** @description The test is Queued. Its start is answered at `Location`. */
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
        requestBody?: never;
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
                /** @description The `ETag` of an answer. While the answer stays the same, this is answered `304`, without a body. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
            /** @description All inputs as the next step takes them. */
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
                /** @description What `select` has answered. */
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
                /** @description The `ETag` of an answer. While the answer stays the same, this is answered `304`, without a body. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
            /** @description It is set. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    start_time: components["schemas"]["Seconds"];
                    warmup_period: components["schemas"]["Seconds"];
                    /** @description Where the test ends; left out or null for nowhere. */
                    final_time?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    start_time: components["schemas"]["Seconds"];
                    warmup_period: components["schemas"]["Seconds"];
                    /** @description Where the test ends; left out or null for nowhere. */
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
                 * @description What the answer has besides, in a member `with` beside `payload`, computed from the state after the step:
                 *     a JSON list (URL-encoded) of `"kpi"` and `{"forecast": {"point_names", "horizon", "interval"}}`, or the
                 *     name `kpi` alone. Not with a list of steps. A forecast that is refused refuses the step, too.
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
                /** @description What `select` has answered. */
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
             * @description The value of every point at the step's end, or `{}` where the test had ended before; a list of such, empty in
             *     that case, where the body was a list.
             */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: 200;
                        /** @description For people. */
                        message: string;
                        payload: components["schemas"]["Points"] | Record<string, never> | components["schemas"]["Points"][];
                        /** @description What the parameter `with` asked for. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run that is running, or was the last. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Simulated seconds for each second of the clock, 0.001 to 10,000, or `max`: as fast as workers go, in
                     *     their turn among others.
                     * @default 1
                     */
                    speed?: number | string;
                    /** @description No step goes past this time, s; left out or null, the run goes on to the scenario's end. */
                    until?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * @description Simulated seconds for each second of the clock, 0.001 to 10,000, or `max`: as fast as workers go, in
                     *     their turn among others.
                     * @default 1
                     */
                    speed?: number | string;
                    /** @description No step goes past this time, s; left out or null, the run goes on to the scenario's end. */
                    until?: number | string | null;
                };
            };
        };
        responses: {
            /** @description The run that is running, or was the last. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run that is running, or was the last. */
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
                /** @description What `select` has answered. */
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
                    /** @description The length of each step, s; left out, the test's own. */
                    step?: number | string | null;
                    /** @description The points whose values are wanted; left out, all. `time` is always there. */
                    points?: string[] | null;
                    /**
                     * @description Whether all samples are wanted, beside the values after each step.
                     * @default false
                     */
                    samples?: boolean;
                } & (unknown | unknown);
            };
        };
        responses: {
            /** @description What would come of the one candidate under `inputs`; or a list, one for each of `candidates`. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description As for commands; without an account it must be a UUID. */
                "Idempotency-Key"?: components["parameters"]["selectIdempotencyKey"];
            };
            path: {
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 1 */
                    count?: number | string;
                    /** @description Left out or null for the test as it stands. */
                    checkpoint?: string | null;
                };
                "application/x-www-form-urlencoded": {
                    /** @default 1 */
                    count?: number | string;
                    /** @description Left out or null for the test as it stands. */
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
                /** @description What `select` has answered. */
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
                    /** @description The most rows that the answer may have; left out or null, it has all samples. */
                    points?: number | string | null;
                };
                "application/x-www-form-urlencoded": {
                    point_names: string[];
                    /** @description May be infinite: `"-inf"`. */
                    start_time: number | string;
                    /** @description May be infinite: `"inf"`. */
                    final_time: number | string;
                    /** @description The most rows that the answer may have; left out or null, it has all samples. */
                    points?: number | string | null;
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
                /** @description The `ETag` of an answer. While the answer stays the same, this is answered `304`, without a body. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All nine; null where one does not apply. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All five fields; null where nothing is set. */
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
                /** @description What `select` has answered. */
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
            /** @description What was set, and null for the rest; for `time_period` the value of every point after it. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
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
                /** @description What `select` has answered. */
                testid: components["parameters"]["testid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The dashboard's. */
                    api_key: string;
                    /** @description `"True"`: tell what would be sent, and send nothing. */
                    unit_test?: unknown;
                } & {
                    [key: string]: string;
                };
                "application/x-www-form-urlencoded": {
                    /** @description The dashboard's. */
                    api_key: string;
                    /** @description `"True"`: tell what would be sent, and send nothing. */
                    unit_test?: unknown;
                } & {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description The report's identifier; or what would have been sent. */
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
    getRequest: {
        parameters: {
            query?: {
                /** @description For how long to wait for it, s. */
                wait?: number;
                /** @description How often the client was sent on; above 0, it is again instead of being answered `202`. */
                attempt?: number;
            };
            header?: never;
            path: {
                /** @description What `select` has answered. */
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
            /** @description Bad input, or a test that there is not; or a test that could not begin, for its upload was refused. */
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
