# The front door. `make help` lists the targets; each installs what it needs first (packaging/debian-packages.txt).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
SOAK_MINUTES ?= 10
SAMPLE ?= manifests/samples/full
BINARY := build/release/labgallery
# Another architecture than this machine's is compiled against packages in a folder: -arm64.
NATIVE := $(shell dpkg --print-architecture 2> /dev/null)
ARCH ?= $(NATIVE)
CROSS := $(addprefix -,$(filter-out $(NATIVE),$(ARCH)))
SOURCES := git ls-files --cached --others --exclude-standard -- '*.h' '*.cc'
TEST_STAGES := layering golden unit contract component process chart conformance e2e node

# $(call configure,PRESET): only when it has not been done; ninja repeats it when a CMakeLists.txt changes.
configure = [ -f build/$(1)/build.ninja ] || cmake --preset $(1) --log-level=WARNING
# $(call build,PRESET,TARGETS)
build = $(call configure,$(1)); cmake --build --preset $(1) --parallel $(JOBS) --target $(2)
# $(call build_and_test,PRESET,STAGES)
build_and_test = $(call configure,$(1)); scripts/run-tests --preset $(1) --build --jobs $(JOBS) $(2)
# Sanitizers are too slow for a cluster on the same two cores, and change nothing in a chart.
SANITIZED_STAGES := $(filter-out chart e2e node,$(TEST_STAGES))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps deps-node deps-check
deps: ## install the Debian packages that building, running and testing need
	@scripts/install-dependencies build runtime test
deps-node: ## install what else a whole node needs for its tests
	@scripts/install-dependencies build runtime test image node
deps-check: ## install the Debian packages that make check needs
	@scripts/install-dependencies build runtime test check

.PHONY: build run
build: deps ## build the release binary: build/release/labgallery
	@$(call build,release,labgallery)
	echo "built $(BINARY)"
run: build ## play the fullest sample in the embedded mode (SAMPLE=DIR plays another one)
	@$(BINARY) apply -f $(SAMPLE) --time-scale 300

.PHONY: test $(addprefix test-,$(TEST_STAGES))
test: deps-node ## build and run everything that must pass
	@$(call build_and_test,dev,$(TEST_STAGES))
test-layering: deps ## the shape of the source tree alone
	@$(call configure,dev)
	scripts/run-tests layering
test-node: deps-node
$(addprefix test-,$(filter-out layering,$(TEST_STAGES))): test-%: deps
	@$(call build,dev,tests-$*)
	scripts/run-tests $*
.PHONY: check check-asan check-tsan
check: fmt-check tidy check-asan check-tsan ## clang-format, clang-tidy, and the tests under the sanitizers of clang 19
check-asan: deps-check ## build with clang 19 and test with its address and undefined-behaviour sanitizers
	@$(call build_and_test,asan,$(SANITIZED_STAGES))
check-tsan: deps-check ## build with clang 19 and test with its thread sanitizer
	@$(call build_and_test,tsan,$(SANITIZED_STAGES))

.PHONY: tidy fmt fmt-check
tidy: deps-check ## clang-tidy over our sources
	@$(call configure,clang)
	scripts/tidy --jobs $(JOBS)
fmt: deps-check ## format our sources
	@$(SOURCES) | xargs clang-format-19 -i
fmt-check: deps-check ## fail if a source is not formatted
	@$(SOURCES) | xargs clang-format-19 --dry-run --Werror

.PHONY: manifests image
manifests: ## write anew what is made from the chart: its values, its CRDs, manifests/install.yaml, bundle/
	@scripts/manifests
	scripts/bundle
image: ## the container image in build/image, without a container engine (ARCH=arm64: for that machine, in build/image-arm64)
	@scripts/install-dependencies build runtime image $(if $(CROSS),cross)
	$(if $(CROSS),scripts/sysroot $(ARCH) build/sysroot$(CROSS))
	$(call build,release$(CROSS),labgallery)
	scripts/build-image build/release$(CROSS)/labgallery --output build/image$(CROSS) $(if $(CROSS),--sysroot build/sysroot$(CROSS))

.PHONY: pictures
pictures: build ## draw docs/images anew: the dashboards, after seven minutes of the simulated cloud
	@scripts/install-dependencies pictures
	scripts/picture-dashboards $(BINARY)

.PHONY: golden bench soak
golden: deps ## write the golden files anew from what the code says now (review the difference)
	@$(call build,dev,tests-golden)
	LABGALLERY_UPDATE_GOLDEN=1 scripts/run-tests golden
	git --no-pager diff --stat -- tests/golden docs
bench: deps ## measure requests, memory and speed; print the tables
	@$(call build,bench,labgallery_bench labgallery)
	build/bench/tests/bench/labgallery_bench
	tests/bench/cluster.py build/bench/labgallery
soak: deps ## random faults for SOAK_MINUTES (10); a frozen API server, 50 failovers, 10,000 Images and a day of churn on a cluster
	@$(call build,bench,labgallery labgallery_soak)
	build/bench/tests/component/labgallery_soak --minutes $(SOAK_MINUTES)
	python3 -B tests/e2e/failover_test.py build/bench/labgallery --rounds 50
	python3 -B tests/e2e/endurance_test.py build/bench/labgallery --freeze 600 --images 10000
	python3 -B tests/bench/churn.py build/bench/labgallery

.PHONY: clean
clean: ## remove what was built
	@rm -rf build
