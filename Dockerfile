# One image for every process of Muster. Where packages come from is the builder's pip setting.
FROM python:3.11-slim
RUN useradd --create-home --uid 10001 muster && install -d -o muster /var/lib/muster
WORKDIR /opt/muster
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
USER muster
ENV MUSTER_HOME=/var/lib/muster
ENTRYPOINT ["muster"]
CMD ["worker"]
